import type { ColumnProfile } from "./profile-table";

const names =
  /(^|_)(e_?mail|phone|mobile|cell_?phone|telephone|fax|ssn|social_security|passport|aadhaar|pan_(no|number)|national_id|tax_id|iban|card_(no|number)|credit_card|ip_?address|first_?name|last_?name|full_?name|surname|given_?name|family_?name|maiden_name|fname|lname|date_of_birth|birth_?date|birthday|dob|street(_address)?|address(_line)?(_?\d)?|home_(address|lat|lon|latitude|longitude)|licen[cs]e_(no|number))$/;
const people =
  /(^|_)(person|customer|user|employee|patient|student|teacher|passenger|contact|driver|member|subscriber|seller|buyer|guest|applicant|borrower|tenant|owner|agent|client|author|player|actor)$/;
const email = /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i;
const phone = /^\+\d[\d\s().-]{7,17}$/;

/** Whether a column seems to hold personal data, by its name or by what its most frequent values look like. */
export function isPersonal(
  column: Pick<ColumnProfile, "name" | "type" | "examples">,
  entity: string,
): boolean {
  if (column.type === "boolean") return false;
  if (names.test(column.name)) return true;
  if (column.type === "text" && /^(name|display_name)$/.test(column.name) && people.test(entity)) return true;
  const all = (pattern: RegExp) =>
    column.examples.length > 0 && column.examples.every((value) => pattern.test(value.trim()));
  return all(email) || all(phone);
}
