import type { Token } from "./text";

/**
 * The words that say what is done with the words around them: English as it is typed, and the Hindi that is mixed into it.
 * Longer sequences are listed as they are written; matching takes the longest.
 */
const sequences = (text: string) => text.split("|").map((entry) => entry.trim().split(" "));

export const excludeCues = sequences(
  "without|w/o|except|except for|excluding|exclude|excludes|drop|remove|omit|minus|skip|delete|discard|ditch|leave out|leave off|leaving out|take out|throw out|cut out|kick out|filter out|strip|strip out|get rid of|no|not|never|don't|dont|don't want|don't need|don't include|do not include|do not want|do not need|doesn't|isn't|aren't|nor|neither|other than|apart from|anywhere but|everywhere but|anything but|everything but|all but|but not|outside|outside of|avoid|ignore|lose|bina|ke bina|hatao|hata do|nahi|nothing",
);
/** These rule out what follows, but not over a comma: "no PII, geo features". */
export const shortExcludeCues = new Set([
  "no",
  "not",
  "never",
  "nor",
  "neither",
  "outside",
  "nahi",
  "isn't",
  "aren't",
  "nothing",
]);

export const includeCues = sequences(
  "add|include|including|plus|also|keep|use|want|need|give|show|get|bring|bring in|take|build|create|attach|append|pull|pull in|fetch|put in|throw in|bring back|put back|give back|i'd like|chahiye|jodo|add karo|dikhao|but",
);
export const onlyCues = sequences(
  "only|just|solely|sirf|nothing but|only keep|keep only|keep just|just keep|limit to|restrict to|limited to|restricted to|stick to",
);
/** "Skip everything but the census" keeps the census. */
for (const verb of [
  "skip",
  "drop",
  "remove",
  "exclude",
  "delete",
  "lose",
  "ignore",
  "leave out",
  "get rid of",
]) {
  for (const but of ["but", "except", "except for", "other than", "apart from"]) {
    onlyCues.push(...sequences(`${verb} everything ${but}|${verb} all ${but}`));
  }
}
export const swapOutCues = sequences(
  "instead of|rather than|in place of|replace|replacing|swap|swap out|substitute|change|switch|ki jagah",
);
export const swapInCues = sequences("with|by|for|to|use|take|put|into");
export const conjunctions = sequences(
  "and|or|&|aur|ya|as well as|along with|together with|plus|then|and then|and also|but also|besides|with|where|whose|that have|who have|having|including",
);
export const addCues = new Set(["add", "also", "too", "include", "plus", "additionally", "well", "bhi"]);

/** What a phrase may hold without naming anything. */
export const fillers = new Set(
  `a an the this that these those it its it's them they their there here i i'd i'll i'm me my mine we we'd us our you your he she his her
  is are was were be been being am do does did done can could would should will shall may might must have has had having let lets let's
  please pls plz kindly thanks thank hey hi hello ok okay so well just really very quite some any all every each both also too again still
  of for to from in on at by with as into onto per about over under than then when where which who whom whose what how if while during
  and or but & + plus etc e.g eg i.e ie via using based like such kind kinds type types sort sorts
  want wants need needs needed like give gimme get show build make create prepare assemble generate produce compile construct put pull fetch bring take use using add include including included includes append attach join keep want wanted looking look know see
  ones one set list up out back off now along together everything anything something stuff things thing rest other others else more most
  features feature data info information metrics metric stats statistics columns column fields field variables variable attributes attribute
  signals signal indicators indicator measures measure figures details detail numbers table tables dataset datasets matrix matrices frame dataframe rows row records record
  ka ke ki ko mein me se hai hain aur bhi wala wale wali chahiye kya karo do na toh mujhe hame sab saare sabhi jo
  jinke jinka jinki jiske jiska jiski ho hon hua hui hue
  start started over scratch fresh instead rather begin reset again love lot hope possible well wondering okay sure maybe perhaps actually basically simply kindly dear folks guys
  training testing test
  new first second available possible relevant useful good great nice`
    .split(/\s+/)
    .filter(Boolean),
);

/** Said of columns: a phrase with one of these asks for features even when none fits. */
export const featureNouns = new Set(
  `features feature data info information metrics metric stats statistics columns column fields field variables variable attributes attribute
  signals signal indicators indicator measures measure figures details detail numbers table tables scores score counts count rate rates history`.split(
    /\s+/,
  ),
);

/** "For X …" with one of these at its end says what the matrix is for, not what is in it. */
export const purposeNouns = new Set(
  `model models modelling modeling prioritisation prioritization scoring ranking prediction predictions forecast forecasting analysis analytics project
  dashboard report training experiment experiments classifier regression campaign study ml work task team use purposes targeting segmentation planning presentation boss manager retention attribution churn
  outreach review audit deck pipeline poc`.split(/\s+/),
);

export const exportWords = new Set(
  "export download publish stamp save parquet ship finalise finalize materialise materialize csv file".split(
    " ",
  ),
);

export const unitSeconds: Record<string, number> = {
  second: 1,
  sec: 1,
  minute: 60,
  min: 60,
  hour: 3600,
  hr: 3600,
  day: 86_400,
  week: 604_800,
  fortnight: 1_209_600,
  month: 2_592_000,
  quarter: 7_776_000,
  year: 31_536_000,
  yr: 31_536_000,
};

export const numberWords: Record<string, number> = {
  zero: 0,
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  dozen: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  ninety: 90,
  hundred: 100,
  half: 0.5,
  couple: 2,
  ek: 1,
  teen: 3,
  paanch: 5,
  das: 10,
};

export const scales: Record<string, number> = {
  k: 1e3,
  thousand: 1e3,
  hazaar: 1e3,
  hazar: 1e3,
  l: 1e5,
  lac: 1e5,
  lacs: 1e5,
  lakh: 1e5,
  lakhs: 1e5,
  m: 1e6,
  mn: 1e6,
  million: 1e6,
  millions: 1e6,
  cr: 1e7,
  crore: 1e7,
  crores: 1e7,
  bn: 1e9,
  billion: 1e9,
  hundred: 100,
  dozen: 12,
};

export const greetings = new Set(
  `hi hello hey heya hiya namaste namaskar salaam yo howdy good morning afternoon evening greetings thanks thank thx cheers bye goodbye`.split(
    /\s+/,
  ),
);

/** Does a sequence of cue words stand at `at`, with nothing but blanks between? The length of the longest, else 0. */
export function cueAt(tokens: readonly Token[], at: number, cues: string[][]): number {
  let longest = 0;
  for (const cue of cues) {
    if (cue.length <= longest) continue;
    const stands = cue.every((word, offset) => {
      const token = tokens[at + offset];
      return token?.word === word && !token.mark && (offset === 0 || /^[\s-]*$/.test(token.gap));
    });
    if (stands) longest = cue.length;
  }
  return longest;
}
