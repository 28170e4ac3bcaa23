/** How cars and enquiries are divided where engagement is counted by kind. */
export const bodies: [body: string, label: string][] = [
  ["hatchback", "hatchbacks"],
  ["sedan", "sedans"],
  ["suv", "SUVs"],
  ["mpv", "people carriers"],
  ["luxury", "luxury cars"],
];
export const bands: [band: string, from: number, to: number, label: string][] = [
  ["under_3l", 0, 300_000, "below 3 lakh rupees"],
  ["3_to_6l", 300_000, 600_000, "between 3 and 6 lakh rupees"],
  ["6_to_10l", 600_000, 1_000_000, "between 6 and 10 lakh rupees"],
  ["10_to_20l", 1_000_000, 2_000_000, "between 10 and 20 lakh rupees"],
  ["over_20l", 2_000_000, 1_000_000_000, "of 20 lakh rupees and more"],
];

export const channels: [channel: string, label: string][] = [
  ["call", "telephone"],
  ["chat", "chat"],
  ["whatsapp", "WhatsApp"],
  ["form", "enquiry form"],
];
