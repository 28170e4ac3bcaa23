export {
  cellOf,
  centreOf,
  disk,
  greatCircleKilometres,
  type Place,
  ringOf,
  rings,
  squareKilometres,
} from "./cells";
export { kilometres, nearbyIndex } from "./nearby";
export {
  catchment,
  readShape,
  type Shape,
  shapePerimeter,
  shapeSquareKilometres,
  shareWithin,
} from "./shapes";
