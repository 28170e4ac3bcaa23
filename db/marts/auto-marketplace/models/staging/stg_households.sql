{{ config(materialized='view') }}
select
  household_id, city_id, core, income, members, head_age, education, occupation, owns_home, owns_car,
  owns_second_car, owns_two_wheeler, has_air_conditioner, has_broadband, recently_moved, has_car_loan,
  shops_online, plans_car_within_year, food_spend, transport_spend, education_spend, leisure_spend, savings,
  commute_minutes,
  case when income < 10000 then 'under_10k' when income < 20000 then '10k_to_20k' when income < 40000 then '20k_to_40k'
    when income < 80000 then '40k_to_80k' when income >= 80000 then '80k_and_more' end as income_bracket
from {{ source('conformed', 'households') }}
