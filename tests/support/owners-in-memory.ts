import type { MartOwners } from "@/lib/profile";

/** Owners of marts that no other process sees. */
export function ownersInMemory(): MartOwners {
  const owners = new Map<string, string>();
  return {
    find: async (mart) => owners.get(mart) ?? null,
    claim: async (mart, owner) => {
      if (!owners.has(mart)) owners.set(mart, owner);
      return owners.get(mart) as string;
    },
    isReserved: () => false,
  };
}
