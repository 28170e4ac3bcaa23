/**
 * Every field that a tree may have, whatever it stands in: kinds of nodes and their parts. What the parser learns in a later
 * version, and every statement but a SELECT, is refused until it is written down here.
 */
export const knownFields: ReadonlySet<string> = new Set(
  `select union intersect except subquery values joined_table star column table alias paren tuple literal boolean null case cast try_cast in
  between is_null is_true is_false exists any all and or not neg add sub mul div mod eq neq lt lte gt gte like i_like
  similar_to concat null_safe_eq null_safe_neq interval subscript lambda j_s_o_n_extract var extract
  window_function aggregate_function function within_group ordered collation
  with ctes recursive columns alias_first materialized
  expressions from joins on using kind use_outer_keyword use_inner_keyword nesting_group match_condition directed natural
  where_clause group_by having qualify order_by limit offset fetch top distinct distinct_on windows sample
  direction count percent rows with_ties parenthesized by_name all_modifier totals
  this expression left right query name args quoted original_name alias_explicit_as column_aliases alias_keyword lateral
  op escape quantifier low high value literal_type operand whens else_ condition true_value false_value keys
  over partition_by desc nulls_first explicit_asc frame start end Preceding Following kind_text start_side_text end_side_text
  exclude join_mark characters sql_standard_syntax position_explicit dimension window_name spec ignore_nulls respect_nulls filter separator default parameters body parameter_types
  replace rename variant_extract index curly_brace_syntax bracket_notation double_colon_syntax field unit variadic
  to data_type precision scale length custom_name timezone element_type name_value
  table_sample method size use_sample_keyword seed explicit_method method_before_size use_seed_keyword unit_after_size
  use_bracket_syntax no_parens negated position pattern substr base safe num_buckets
  row_number rank dense_rank percent_rank cume_dist n_tile lag lead first_value last_value nth_value
  sum avg min max median mode stddev stddev_pop stddev_samp variance var_pop var_samp count_if any_value
  approx_count_distinct approx_distinct list_agg array_agg skewness
  upper lower trim l_trim r_trim substring contains starts_with ends_with str_position initcap regexp_like regexp_replace
  abs floor ceil round sqrt cbrt ln log exp power sign mod_func greatest least radians degrees
  coalesce nvl nvl2 null_if if_func typeof parse_json array_size array_func map_func array_contains to_number
  date_diff year month day hour minute second quarter day_of_week day_of_year week_of_year last_day next_day add_months
  months_between`.split(/\s+/),
);

/** Fields that tell where something stood, and no more. */
export const silentFields: ReadonlySet<string> = new Set(["span", "inferred_type"]);
