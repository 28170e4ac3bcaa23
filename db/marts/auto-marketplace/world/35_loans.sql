create table hidden.loans as
with wished as (
  select replace(l.lead_id, 'E', 'A') as application_id, l.buyer_id, l.listing_id, 'used_car' as product,
    l.asked_at + draw.seconds(86400 * (1 + 9 * draw.u('loan-after', l.lead_id))) as applied_at,
    l.offer_inr * (0.55 + 0.35 * draw.u('loan-share', l.lead_id)) as wanted
  from world.leads l where l.offer_inr is not null and draw.u('loan-wanted', l.lead_id) < 0.34
  union all
  select 'A' || buyer_id, buyer_id, null, 'personal',
    greatest(joined_at, draw.starts()) + draw.seconds(3600 + draw.u('personal-at', k)
      * date_diff('second', greatest(joined_at, draw.starts()), draw.ends())),
    income * exp(0.9 + 0.7 * draw.g('personal-amount', k))
  from hidden.buyers where draw.u('personal', k) < 0.27 - 0.04 * care
),
rated as (
  select w.*, b.income, b.credit, b.care, b.occupation, draw.bits('loan', application_id) as a, draw.bits('loan2', application_id) as b,
    [12, 24, 36, 48, 60][1 + floor(5 * draw.u('tenure', application_id))::bigint] as tenure_months,
    credit + 0.35 * draw.g('bureau', w.buyer_id) as score
  from wished w join hidden.buyers b using (buyer_id) where applied_at < draw.ends()
),
weighed as (
  select *,
    case when score < -0.9 then 'poor' when score < 0.1 then 'fair' when score < 1.1 then 'good' else 'excellent' end as band,
    -- Monthly instalment by monthly income.
    wanted / tenure_months * 1.15 / income as burden
  from rated
),
judged as (
  select *,
    draw.sigmoid(1.1 + 1.1 * score + 0.35 * ln(income / 40000) - 2.6 * (burden - 0.3)
      + (case occupation when 'salaried' then 0.4 when 'student' then -0.9 when 'other' then -0.5 else 0 end)
      - 0.3 * (product = 'personal')::integer) as p_yes,
    date_trunc('second', applied_at + draw.seconds(86400 * (0.5 + 6 * draw.slice(a, 0)))) as decision_at,
    -- Chance to miss a first instalment, per month.
    least(0.2, 0.014 * exp(-0.75 * credit + 1.6 * (least(burden, 1.2) - 0.3) + 0.3 * (product = 'personal')::integer)) as hazard
  from weighed
)
select *,
  case when draw.slice(a, 1) < 0.06 then 'withdrawn' when draw.slice(a, 2) < p_yes then 'approved' else 'declined' end as verdict,
  date_trunc('second', decision_at + draw.seconds(86400 * (1 + 8 * draw.slice(a, 3)))) as paid_out_at,
  1 + floor(ln(1 - draw.u('default', application_id)) / ln(1 - hazard)) as missed_month
from judged;

create table world.loan_applications as
with known as (
  select *, draw.happened(decision_at) as decided_at,
    case when verdict = 'approved' and draw.slice(b, 0) < 0.92 then draw.happened(paid_out_at) end as disbursed_at
  from hidden.loans
),
missed as (
  select *, case when disbursed_at is not null and missed_month <= tenure_months
      then draw.happened(disbursed_at + to_days((30 * missed_month + 3)::integer)) end as first_missed_at
  from known
)
select application_id, buyer_id, listing_id, product,
  greatest(20000, round(wanted, -3))::bigint as amount_inr, tenure_months::bigint as tenure_months,
  round((case product when 'personal' then 15.5 else 11.5 end) - 1.3 * least(2, greatest(-2, score)) + 0.8 * draw.slice(b, 1), 2) as rate_pct,
  case when draw.slice(b, 2) >= 0.12 then band end as bureau_band,
  case occupation when 'salaried' then 'salaried' when 'self_employed' then 'self_employed' else 'other' end as employment,
  date_trunc('second', applied_at) as applied_at, decided_at,
  case when decided_at is null then 'pending' else verdict end as decision,
  disbursed_at, first_missed_at,
  date_trunc('second', greatest(applied_at, decided_at, disbursed_at, first_missed_at)) as updated_at
from missed
order by application_id;
