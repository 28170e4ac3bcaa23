const everyExpression = "class type alias query_location";
const everyTable = "type alias query_location sample column_name_alias";
const everyQuery = "type modifiers cte_map";

/**
 * Every node that a tree may have, and every field that it may have: by its class, its type, or the field it stands in. What
 * the engine learns in a later version is refused until it is written down here.
 */
export const knownNodes: Record<string, ReadonlySet<string>> = Object.fromEntries(
  Object.entries({
    // Queries.
    SELECT_NODE: `${everyQuery} select_list from_table where_clause group_expressions group_sets aggregate_handling having qualify sample`,
    SET_OPERATION_NODE: `${everyQuery} setop_type setop_all left right children`,
    RECURSIVE_CTE_NODE: `${everyQuery} cte_name union_all left right aliases key_targets`,
    cte_map: "map",
    map: "key value",
    "value of map": "query aliases materialized",
    query: "node",
    subquery: "node",
    // What stands in a FROM.
    BASE_TABLE: `${everyTable} table_name schema_name`,
    SUBQUERY: `${everyTable} subquery`,
    JOIN: `${everyTable} left right condition join_type ref_type using_columns`,
    EXPRESSION_LIST: `${everyTable} values`,
    TABLE_FUNCTION: `${everyTable} function with_ordinality`,
    EMPTY: everyTable,
    PIVOT: `${everyTable} source aggregates unpivot_names pivots groups include_nulls`,
    pivots: "pivot_expressions unpivot_names entries",
    entries: "values alias",
    sample: "sample_size is_percentage method seed repeatable",
    // What comes after.
    ORDER_MODIFIER: "type orders",
    LIMIT_MODIFIER: "type limit offset",
    LIMIT_PERCENT_MODIFIER: "type limit offset",
    DISTINCT_MODIFIER: "type distinct_on_targets",
    ORDER_DEFAULT: "type null_order expression",
    ASCENDING: "type null_order expression",
    DESCENDING: "type null_order expression",
    // Expressions.
    "class COLUMN_REF": `${everyExpression} column_names`,
    "class CONSTANT": `${everyExpression} value`,
    "class FUNCTION": `${everyExpression} function_name schema children filter order_bys distinct is_operator`,
    "class WINDOW": `${everyExpression} function_name schema children partitions orders start end start_expr end_expr offset_expr default_expr ignore_nulls filter_expr exclude_clause distinct arg_orders`,
    "class OPERATOR": `${everyExpression} children`,
    "class CONJUNCTION": `${everyExpression} children`,
    "class COMPARISON": `${everyExpression} left right`,
    "class BETWEEN": `${everyExpression} input lower upper`,
    "class CASE": `${everyExpression} case_checks else_expr`,
    case_checks: "when_expr then_expr",
    "class CAST": `${everyExpression} child cast_type try_cast`,
    "class COLLATE": `${everyExpression} child collation`,
    "class STAR": `${everyExpression} relation_name exclude_list replace_list rename_list qualified_exclude_list columns expr unpacked`,
    exclude_list: "",
    qualified_exclude_list: "catalog schema table column",
    replace_list: "key value",
    rename_list: "key value",
    "class SUBQUERY": `${everyExpression} subquery_type subquery child comparison_type`,
    "class LAMBDA": `${everyExpression} lhs expr`,
    "class POSITIONAL_REFERENCE": `${everyExpression} index`,
    // Values and their types.
    value: "type is_null value upper lower",
    values: "type is_null value upper lower",
    sample_size: "type is_null value upper lower",
    user_type_modifiers: "type is_null value upper lower",
    cast_type: "id type_info",
    type: "id type_info",
    child_type: "id type_info",
    second: "id type_info",
    child_types: "first second",
    DECIMAL_TYPE_INFO: "type width scale",
    LIST_TYPE_INFO: "type child_type",
    ARRAY_TYPE_INFO: "type child_type size",
    STRUCT_TYPE_INFO: "type child_types",
    UNBOUND_TYPE_INFO: "type name schema user_type_modifiers",
  }).map(([kind, fields]) => [kind, new Set(fields.split(" "))]),
);
