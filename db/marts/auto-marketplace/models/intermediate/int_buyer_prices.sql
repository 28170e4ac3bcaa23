-- What the cars cost that a buyer looked at, saved, asked about or made an offer for, beside budget and income, per window.
with means as (
  select
    buyer_id, budget_inr,
    {{ monthly_income('income_band') }} as income_inr
  from {{ ref('stg_buyers') }}
),
interest as (
  select
    c.*, m.budget_inr, m.income_inr,
    unnest(list_filter(['looked_at', case when saves > 0 then 'saved' end, case when enquiries > 0 then 'asked_about' end,
      case when offer_inr is not null then 'offered_for' end], x -> x is not null)) as segment
  from {{ ref('int_buyer_cars') }} c
  join means m using (buyer_id)
  where days in (90, 365)
)
select
  buyer_id, days, segment,
  count(*) as cars,
  avg(asking_price) as mean_price,
  min(asking_price) as least_price,
  max(asking_price) as greatest_price,
  round(stddev_samp(asking_price) / nullif(avg(asking_price), 0), 9) as price_spread,
  sum((asking_price <= budget_inr)::integer)::bigint as within_budget,
  sum((budget_inr is not null)::integer)::bigint as budgeted,
  avg(asking_price) / nullif(max(budget_inr), 0) as price_to_budget,
  -- Four fifths of the price borrowed for 48 months at 12 per cent a year: 2.63338 per cent of the loan a month.
  avg(asking_price) * 0.8 * 0.0263338 as instalment_inr,
  avg(asking_price) * 0.8 * 0.0263338 / nullif(max(income_inr), 0) as instalment_to_income,
  avg(asking_price) / nullif(max(income_inr), 0) as price_in_months_of_income
from interest
group by buyer_id, days, segment
