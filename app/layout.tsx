import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Shell } from "@/components/shell/shell";
import type { Theme } from "@/components/shell/theme-button";
import "./globals.css";
import { Sidebar } from "./sidebar";

export const metadata: Metadata = {
  title: { default: "Agentic Feature Mart", template: "%s · Feature Mart" },
  description: "Say which features you need; get a stamped, reproducible Parquet matrix.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#faf9f7" },
    { media: "(prefers-color-scheme: dark)", color: "#131412" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = await chosenTheme();
  return (
    <html lang="en" data-theme={theme}>
      <body>
        <Shell sidebar={<Sidebar theme={theme} />}>{children}</Shell>
      </body>
    </html>
  );
}

async function chosenTheme(): Promise<Theme> {
  const chosen = (await cookies()).get("theme")?.value;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}
