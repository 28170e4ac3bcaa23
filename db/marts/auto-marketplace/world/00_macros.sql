create schema draw;
create schema hidden;
create schema world;
-- Every draw is a function of the seed, a salt and a row's key: the same on any machine, with any number of threads, and
-- for any part of the world alone. DuckDB's own hash() may change between versions, so the draws stand on MD5.
create macro draw.bits(salt, key) as md5_number_lower('{{ seed }}:' || salt || ':' || key);
-- Uniform in [0, 1).
create macro draw.u(salt, key) as (draw.bits(salt, key) >> 11)::double / 9007199254740992.0;
-- One of four independent uniforms out of the same bits, cheaper where a row needs many.
create macro draw.slice(b, i) as ((b >> (i * 16)) & 65535)::double / 65536.0;
-- Nearly normal, mean 0 and deviation 1: the sum of the four uniforms in the bits, in exact arithmetic.
create macro draw.normal(b) as
  (draw.slice(b, 0) + draw.slice(b, 1) + draw.slice(b, 2) + draw.slice(b, 3) - 2) * 1.7320508;
create macro draw.g(salt, key) as draw.normal(draw.bits(salt, key));
-- A whole number with this mean: the fraction decides by chance between the two neighbours.
create macro draw.whole(mean, chance) as floor(greatest(mean, 0) + chance)::bigint;
create macro draw.sigmoid(x) as 1 / (1 + exp(-(x)));
create macro draw.seconds(n) as to_seconds(floor(n)::bigint);
create macro draw.km(lat1, lon1, lat2, lon2) as 12742.0 * asin(sqrt(
  pow(sin(radians(lat2 - lat1) / 2), 2)
  + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2)));
-- The span: events lie in [starts, ends), and nothing before a time depends on where it ends.
create macro draw.starts() as timestamp '2025-05-01 00:00:00';
create macro draw.ends() as timestamp '2026-12-01 00:00:00';
create macro draw.month(m) as timestamp '2025-05-01 00:00:00' + to_months(m::integer);
create macro draw.month_of(t) as date_diff('month', timestamp '2025-05-01 00:00:00', t);
-- What lies at or after the end of the world has not happened.
create macro draw.happened(t) as case when t < timestamp '2026-12-01 00:00:00' then date_trunc('second', t) end;
-- From a planted drift's start on.
create macro draw.drifting(t) as t >= timestamp '2026-11-01 00:00:00';
create macro draw.season(t) as 1 + (case when isodow(t) >= 6 then 0.25 else 0 end)
  + (case when month(t) in (10, 11) then 0.25 when month(t) in (6, 7) then -0.18 else 0 end);
