import { describe, expect, it } from "vitest";
import { smallFeatureSet } from "@/tests/support/small-mart";
import { canonicalJson, featureSetHash, sha256 } from "./hash";

describe("canonicalJson", () => {
  it("does not depend on the order of keys, at any depth", () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: "x" })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
    expect(canonicalJson({ a: "x", b: [{ c: null, d: 1 }] })).toBe(
      canonicalJson({ b: [{ d: 1, c: null }], a: "x" }),
    );
  });
  it("keeps the order of lists", () => expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2])));
  it("leaves absent values out", () => expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}'));
});

describe("hashes", () => {
  it("are SHA-256 in hexadecimal", () => {
    expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
  it("tell feature sets apart", () => {
    const set = smallFeatureSet("seller");
    expect(featureSetHash({ ...set })).toBe(featureSetHash(set));
    expect(featureSetHash({ ...set, excludePii: true })).not.toBe(featureSetHash(set));
  });
});
