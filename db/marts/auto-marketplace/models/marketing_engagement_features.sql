select
  {{ columns }},
  '{{ stamp }}' as STAMP
from raw.messages
group by seller_id, campaign_id
