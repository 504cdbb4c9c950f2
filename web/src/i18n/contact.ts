import { fill, pick } from "./index";

/** The words of telephones and identity numbers; they come with what shows them. */
export const zh = {
  show: "显示",
  showOf: "显示 {what} 的电话和证件号",
  hide: "隐藏",
  hideOf: "隐藏 {what} 的电话和证件号",
  call: "拨打 {number}",
  reason: "查看事由",
  reasonHint: "将记入审计。",
  lost: "未连上服务器，请稍后再试。",
} as const;

export type ContactKey = keyof typeof zh;

export const en: Record<ContactKey, string> = {
  show: "Show",
  showOf: "Show telephone and identity number of {what}",
  hide: "Hide",
  hideOf: "Hide telephone and identity number of {what}",
  call: "Call {number}",
  reason: "What for",
  reasonHint: "It is recorded in the audit trail.",
  lost: "The server cannot be reached. Try again later.",
};

export const contactWord = (key: ContactKey, params: Record<string, string | number> = {}): string =>
  fill(pick(zh[key], en[key]), params);
