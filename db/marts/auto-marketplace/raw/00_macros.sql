-- Every draw of the raw data is a function of the seed, a salt and a row's key: the same on any machine, with any
-- number of threads. DuckDB's own hash() may change between versions, so the draws stand on MD5.
create macro raw.bits(salt, key) as md5_number_lower('{{ seed }}:' || salt || ':' || key);
-- Uniform in [0, 1).
create macro raw.u(salt, key) as (raw.bits(salt, key) >> 11)::double / 9007199254740992.0;
-- One of four independent uniforms out of the same bits, cheaper where a row needs many.
create macro raw.slice(b, i) as ((b >> (i * 16)) & 65535)::double / 65536.0;
-- Nearly normal, mean 0 and deviation 1: the sum of four uniforms, in exact arithmetic.
create macro raw.g(salt, key) as (
  raw.slice(raw.bits(salt, key), 0) + raw.slice(raw.bits(salt, key), 1)
  + raw.slice(raw.bits(salt, key), 2) + raw.slice(raw.bits(salt, key), 3) - 2) * 1.7320508;
-- A whole number with this mean: the fraction decides by chance between the two neighbours.
create macro raw.whole(mean, chance) as floor(greatest(mean, 0) + chance)::bigint;
create macro raw.km(lat1, lon1, lat2, lon2) as 12742.0 * asin(sqrt(
  pow(sin(radians(lat2 - lat1) / 2), 2)
  + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2)));
create macro raw.as_of() as timestamp '{{ as_of }}';
create macro raw.today() as date '{{ today }}';
create macro raw.starts() as timestamp '{{ starts }}';
