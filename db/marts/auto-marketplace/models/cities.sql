select
  {{ columns }},
  '{{ stamp }}' as STAMP
from raw.cities
