import type { Model } from "../model";
import { clickstream } from "./clickstream";
import { demographics } from "./demographics";
import { engagement } from "./engagement";
import { entities } from "./entities";
import { geo } from "./geo";
import { location } from "./location";
import { marketing } from "./marketing";
import { property } from "./property";
import { trend } from "./trend";

/** Every table of the mart in the order they are built. */
export const models: Model[] = [
  ...entities,
  geo,
  engagement,
  demographics,
  location,
  clickstream,
  trend,
  property,
  marketing,
];
