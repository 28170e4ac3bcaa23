"use client";

import { Button } from "./button";

export function ReloadButton() {
  return (
    <Button look="primary" onClick={() => location.reload()}>
      Try again
    </Button>
  );
}
