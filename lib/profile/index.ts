/** Files of a person's own become a mart: profiled, described in a file that can be corrected, registered. */
export { buildMart } from "./build-mart";
export type { MartDraft } from "./draft";
export { type DraftOptions, draftMart } from "./draft-mart";
export { draftFileOf, readDraft, saveDraft } from "./draft-store";
export { claimName, everyone, findOwner, type MartOwners } from "./mart-owners";
export { type RegisteredMart, registerMart } from "./register-mart";
export { summariseDraft } from "./summary";
export {
  correctMart,
  type PublicDraft,
  publicDraft,
  registerUploadedFiles,
  type Upload,
  uploadLimits,
} from "./uploads";
