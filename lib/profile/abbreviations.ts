/** Common abbreviations in column names, and what they are short for. A word that is not here stays as it is. */
const table = `
acct account|acq acquisition|act actual|addr address|adj adjusted|adm admission|agg aggregate|alt altitude|amt amount
apr annual percentage rate|approx approximate|appt appointment|arr arrival|assoc associated|asst assistant|attr attribute
auth authorisation|avail availability|avg average|bal balance|bath bathrooms|bbl barrels|bed bedrooms|beg begin|bldg building
bmi body mass index|bp blood pressure|brk break|btn button|calc calculated|calib calibrated|cat category|catg category|cert certificate
chg change|chk check|chrg charge|cls class|cmt comment|cnt count|cntry country|co company|coef coefficient|coll collected
comm commission|cond condition|conf confidence|conv conversion|coord coordinate|corp corporation|cpc cost per click
cpm cost per thousand|crs course|ctr click-through rate|ctry country|cum cumulative|cur current|curr current|cust customer
cvr conversion rate|del delivery|dep departure|depart departure|dept department|desc description|dest destination
dev deviation|dewp dew point|diag diagnosis|diff difference|dim dimension|dir direction|disc discount|disp display|dist distance
div division|dob date of birth|doc document|dow day of week|doy day of year|dpt department|drv driver|dst daylight saving time
dt date|dur duration|ea each|ecom e-commerce|edu education|eff effective|elev elevation|emp employee|eng engine|eqp equipment
err error|est estimated|eval evaluation|evt event|exch exchange|exp experience|ext external|faa FAA code|fcst forecast|fk foreign key
flg flag|flt flight|fname first name|freq frequency|fwd forward|fy fiscal year|gen generation|geo geography|gmv gross merchandise value
gov government|gps GPS position|grp group|gst goods and services tax|hhi household income|hist history|hol holiday|hosp hospital|hr hour
hrs hours|hum humidity|humid humidity|iata IATA code|icao ICAO code|id identifier|idx index|img image|imp impression|imps impressions
inc income|ind indicator|ins insurance|inst institution|int interest|inv invoice|invt inventory|iot internet of things|isbn ISBN
itm item|jrn journey|lang language|lat latitude|lbl label|len length|lim limit|lng longitude|lname last name|loc location
lon longitude|lst list|ltv lifetime value|lvl level|mag magnitude|maint maintenance|max maximum|med median|mfg manufacturing
mfr manufacturer|mgr manager|mid middle|min minimum|misc miscellaneous|mkt market|mktg marketing|mnth month|mo month|mob mobile
mod model|mom month over month|mov moving|mpg miles per gallon|mrp maximum retail price|msg message|mth month|mtd month to date
mun municipality|nat national|nbr number|neg negative|net net|no number|norm normalised|nps net promoter score|num number|obs observed
occ occupation|ord order|org organisation|orig original|otd on-time delivery|pax passengers|pay payment|pct percent|pd period
perf performance|ph phone|pk primary key|pkg package|pmt payment|pnl profit and loss|poi points of interest|pop population|pos position
pot potential|ppl people|precip precipitation|pred predicted|pref preference|prem premium|pres pressure|prev previous
prob probability|proc process|prod product|prof profile|promo promotion|prop property|prov province|pt point|pts points|pub published
purch purchase|pwr power|qoq quarter over quarter|qtr quarter|qty quantity|rcv received|recd received|rec record|recv received
ref reference|reg region|regn registration|rel relative|rem remaining|repl replacement|rep representative|req request|res result
resp response|ret return|rev revenue|rh relative humidity|rnk rank|roi return on investment|rpt report|rsn reason|rtng rating
sal salary|sched scheduled|schd scheduled|sch scheduled|sd standard deviation|sec second|seg segment|sel selected|sens sensor|seq sequence
sess session|sev severity|shp shipment|sig signal|sku stock keeping unit|slp sea level pressure|spd speed|sqft area in square feet
sqm area in square metres|src source|ssn social security number|st street|sta station|stat status|std standard|stdev standard deviation
stn station|str street|sub subscription|subs subscribers|sup supplier|supp supplier|surv survey|svc service|sys system|tailnum tail number
tax tax|tel telephone|temp temperature|tgt target|thru through|tkt ticket|tmax maximum temperature|tmin minimum temperature
tmp temperature|tot total|trans transaction|trk track|trn transaction|ts timestamp|tx transaction|txn transaction|typ type
tz time zone offset|tzone time zone|uom unit of measure|upd updated|url web address|usr user|util utilisation|val value|var variable
vat value added tax|veh vehicle|vel velocity|ver version|vin vehicle identification number|vis visibility|visib visibility|vol volume
wday weekday|wdir wind direction|wk week|wkly weekly|wspd wind speed|wt weight|yob year of birth|yoy year over year|yr year|yrs years
ytd year to date|zip postal code`;

const meanings = new Map(
  table
    .trim()
    .split(/[|\n]/)
    .map((entry) => {
      const space = entry.indexOf(" ");
      return [entry.slice(0, space), entry.slice(space + 1)] as const;
    }),
);

/** "dep_delay" → "departure delay". */
export function spellOut(identifier: string): string {
  return identifier
    .split("_")
    .filter(Boolean)
    .map((word) => meanings.get(word.toLowerCase()) ?? word)
    .join(" ");
}
