/** Functions that compute from their arguments and nothing else: no stage, session, account, model, sequence or other query. */
const byPurpose = {
  arithmetic: `abs acos acosh asin asinh atan atan2 atanh bitand bitor bitxor bitnot bitshiftleft bitshiftright cbrt ceil cos cosh
    cot degrees div0 div0null exp factorial floor greatest greatest_ignore_nulls haversine least least_ignore_nulls ln log
    mod pi pow power radians random round sign sin sinh sqrt square tan tanh trunc truncate uniform width_bucket zeroifnull
    nullifzero`,
  conditions: `booland boolor boolxor boolnot coalesce decode equal_null iff ifnull nullif nvl nvl2 regr_valx regr_valy is_null_value`,
  text: `ascii base64_encode base64_decode_string bit_length charindex char chr collate concat concat_ws contains editdistance
    endswith hash hex_encode hex_decode_string ilike initcap insert jarowinkler_similarity lcase left len length like lower lpad ltrim
    md5 md5_hex octet_length position regexp_count regexp_instr regexp_like regexp_replace regexp_substr regexp_substr_all repeat
    replace reverse right rlike rpad rtrim rtrimmed_length sha1 sha1_hex sha2 sha2_hex soundex space split split_part startswith
    strtok strtok_to_array substr substring to_char to_varchar translate trim ucase unicode upper uuid_string`,
  conversion: `cast to_boolean to_date to_decimal to_double to_number to_numeric to_time to_timestamp to_timestamp_ltz
    to_timestamp_ntz to_timestamp_tz to_variant to_array to_object try_cast try_to_boolean try_to_date try_to_decimal
    try_to_double try_to_number try_to_numeric try_to_time try_to_timestamp try_to_timestamp_ltz try_to_timestamp_ntz
    try_to_timestamp_tz`,
  time: `add_months convert_timezone current_date current_time current_timestamp date date_from_parts date_part date_trunc dateadd
    datediff day dayname dayofmonth dayofweek dayofweekiso dayofyear extract getdate hour last_day localtime localtimestamp minute
    month monthname months_between next_day previous_day quarter second sysdate systimestamp time time_from_parts time_slice
    timeadd timediff timestamp_from_parts timestamp_ntz_from_parts timestampadd timestampdiff week weekiso weekofyear year
    yearofweek yearofweekiso`,
  structures: `array_agg array_append array_cat array_compact array_construct array_contains array_distinct array_except
    array_insert array_intersection array_max array_min array_position array_prepend array_size array_slice array_sort
    array_to_string arrays_overlap as_array as_boolean as_char as_date as_double as_integer as_number as_object as_varchar filter
    get get_path is_array is_boolean is_integer is_object is_varchar object_construct object_construct_keep_null
    object_delete object_insert object_keys object_pick parse_json reduce transform try_parse_json typeof`,
  aggregates: `any_value approx_count_distinct approx_percentile approx_top_k avg bitand_agg bitor_agg bitxor_agg booland_agg boolor_agg
    boolxor_agg corr count count_if covar_pop covar_samp grouping grouping_id hash_agg hll kurtosis listagg max max_by median min
    min_by mode object_agg percentile_cont percentile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
    regr_sxx regr_sxy regr_syy skew stddev stddev_pop stddev_samp sum var_pop var_samp variance variance_pop variance_samp
    array_unique_agg ratio_to_report cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank
    row_number conditional_true_event conditional_change_event`,
  grouping: "rollup cube",
};

export const functions: ReadonlySet<string> = new Set([
  ...Object.values(byPurpose).flatMap((names) => names.split(/\s+/)),
  "grouping sets",
]);
