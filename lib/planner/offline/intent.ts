import { matrixSubject } from "../schema";
import { exportWords, fillers, greetings } from "./lexicon";
import type { Token } from "./text";

export type Opening =
  | { kind: "greet" | "help" }
  /** `ofMart`: the words themselves say that the mart is asked about. */
  | { kind: "describe"; subject: string; ofMart: boolean }
  | { kind: "count" }
  | { kind: "export" }
  | { kind: "work" };

const describePatterns = [
  /^(?:so |ok |and )?(?:what|which|how many) (?:columns|features|fields) (?:are|is|does|do) (?:there )?(?:in )?(?:the )?(.+?)(?: have| hold| contain)?$/,
  /^(?:so |ok |and )?(?:what is|whats|what's|what) in (?:the )?(.+)$/,
  /^(?:so |ok |and |but )?(?:what|wht) (?:does|do|is meant by|s meant by) (?:the )?(.+?)(?: mean| stand for| represent| measure| contain| hold| tell(?: me| us)?)?$/,
  /^(?:so |ok |and |but )?(?:what is|whats|what's|what are|what was|wats) (?:the )?(?:meaning of |definition of |in )?(.+?)$/,
  /^(?:please )?(?:can you |could you )?(?:explain|define|describe|clarify)(?: to me| me)?(?: what)? (?:the )?(?:meaning of )?(.+?)(?: means| is| to me)?$/,
  /^(?:please )?(?:tell me|tell us) (?:more )?about (?:the )?(.+)$/,
  /^how (?:is|are|was|were) (.+?) (?:computed|calculated|defined|measured|derived|made|built|worked out|estimated)$/,
  /^(?:the )?(?:meaning|definition) of (.+)$/,
  /^(.+?) (?:ka|ki) (?:matlab|meaning)(?: kya(?: hai)?)?$/,
  /^(.+?) (?:matlab|means what|kya hai|means)$/,
];
const countPattern =
  /^(?:so |and |ok |please |pls |can you |could you |tell me |show me |give me )*(?:how many|number of|the number of|count of|the count of|count|kitne|what is the number of|what's the number of|how much is the count of)\b(?! of my)/;
/** "How many rows and columns are in my matrix?": what was made, not the population. */
const matrixPattern =
  /^(?:so |and |ok |please |can you |could you )*(?:how (?:many|big|large|wide|long)|what|which|count|(?:the )?number of|(?:the )?(?:size|shape) of|describe|summari[sz]e|tell me about|show me)\b.*\b(?:my|the|this|our|current|last) (?:matrix|feature matrix|feature set|result|dataframe)(?: have| has| hold| contain| now| so far| like)?$/;
const aboutPattern =
  /^(?:so |and |ok |please )*(?:(?:what|which|any|list|show|show me|(?:do|have) you (?:have|got)(?: any)?|is there|are there(?: any)?) )?(?:the |any |all )*(?:features|feature|tables|columns|data|fields)(?: do you have| have you got| are there| is there| you have| there are| exist| can i (?:get|use|ask for)| (?:have|has|hold|contain|with) (?:data|features|information|columns|anything|something))? (?:about|on|regarding|concerning|related to|that concern|to do with) (?:the )?(.+)$/;
const helpPattern =
  /^(?:please )?(?:help(?: me)?(?: out)?|what can (?:you|i|this|it)(?: \w+){0,4}|how (?:do|can|should) (?:i|we) (?:use|start|begin|work with|ask)(?: \w+){0,4}|how does (?:this|it) work|what (?:features|tables|data|columns)(?: and \w+)? (?:do you have|are there|are available|exist|can i (?:use|ask for|get))(?: \w+){0,3}|(?:list|show)(?: me)? (?:all |the )*(?:available )?(?:tables|features)(?: you have| there are)?|usage|instructions|who are you|what are you|what do you do|what is this|madad|which (?:tables|features) (?:are there|do you have|exist))$/;
const exportFillers =
  /^(it|this|that|matrix|set|dataset|now|file|as|to|parquet|ahead|go|looks|good|fine|perfect|great|done|disk|s3|result|results|output|yes|final|version|them|write|karo|kar|do|de|csv|ok|okay|approve|approved)$/;

const greetingTails =
  /^(there|you|ji|everyone|team|friend|how|are|doing|so|very|much|a|lot|all|to|the|again|for|help|your|that|was|great|nice|sir|madam|bhai|kaise|ho|aap)$/;

/** What a message as a whole is, told from its form; `work` is everything that names rows or features. */
export function readOpening(tokens: Token[]): Opening {
  const words = tokens.slice(0, 40).flatMap(asSpoken);
  if (words.length === 0) return { kind: "help" };
  const text = words.join(" ");
  if (matrixPattern.test(text) && words.length <= 25)
    return { kind: "describe", subject: matrixSubject, ofMart: true };
  const about = /^(?:what|which|any|do|have|is|are|list|show)\b/.test(text) && aboutPattern.exec(text)?.[1];
  if (about && words.length <= 12)
    return { kind: "describe", subject: asWritten(about, tokens), ofMart: true };
  if (helpPattern.test(text) && words.length <= 12) return { kind: "help" };
  const greets = words.some((word) => greetings.has(word));
  if (greets && words.length <= 8 && words.every((word) => greetings.has(word) || greetingTails.test(word))) {
    return { kind: "greet" };
  }
  if (countPattern.test(text) && !/^how many (columns|features|fields|tables)\b/.test(text))
    return { kind: "count" };
  if (isExport(words)) return { kind: "export" };
  const subject = words.length <= 25 ? subjectOf(text, tokens) : null;
  return subject ? { kind: "describe", subject, ofMart: false } : { kind: "work" };
}

/** "What's" is a question, not somebody's. */
function asSpoken({ word, possessive }: Token): string[] {
  return possessive && /^(what|who|where|how)$/.test(word) ? [word, "is"] : [word];
}

/** "Stamp and export it": nothing but words of exporting. */
function isExport(words: string[]): boolean {
  const rest = words.filter(
    (word) =>
      !exportWords.has(word) &&
      !exportFillers.test(word) &&
      !fillers.has(word) &&
      !/^v?20\d\d\.\d\d$/.test(word),
  );
  return rest.length === 0 && words.some((word) => exportWords.has(word));
}

function subjectOf(text: string, tokens: Token[]): string | null {
  for (const pattern of describePatterns) {
    const subject = pattern
      .exec(text)?.[1]
      ?.replace(/\b(feature|column|table|field)s?\b/g, "")
      .replace(/^(the|a|an|by) /, "")
      .trim();
    if (!subject) continue;
    return asWritten(subject, tokens);
  }
  return null;
}

/** Names keep their capitals. */
function asWritten(subject: string, tokens: Token[]): string {
  return subject
    .split(/\s+/)
    .map((word) => tokens.find((token) => token.word === word)?.text ?? word)
    .join(" ");
}
