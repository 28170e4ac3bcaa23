export { cellOf, centreOf, disk, type Place, parentOf, ringOf, rings, squareKilometres } from "./cells";
export { kilometres, nearbyIndex } from "./nearby";
export {
  catchment,
  readShape,
  type Shape,
  shapePerimeter,
  shapeSquareKilometres,
  shareWithin,
} from "./shapes";
