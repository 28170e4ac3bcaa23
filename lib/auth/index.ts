export { guestCookie, issueGuestToken, readGuestToken } from "./guest-token";
export { isSameOrigin } from "./same-origin";
export { signingSecret } from "./secret";
export { newGuest, terminalViewer, type Viewer } from "./viewer";
