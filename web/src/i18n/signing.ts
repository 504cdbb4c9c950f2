import { fill, pick } from "./index";

/** The words of the keystones; they come with the list, so that the first view need not carry them. */
export const zh = {
  title: "关键户",
  lead: "按解锁的连片土地排序：先走访哪一户，连片增加最多。",
  parcel: "片区",
  allParcels: "全部片区",
  count: "未签 {n} 户",
  gain: "连片增",
  clears: "可清",
  missing: "差 {n} 户",
  plot: "地块 {list}",
  lastVisit: "上次走访 {date}",
  noVisit: "未走访",
  tick: "假定 {name} 签约",
  ticked: "假定这 {n} 户签约",
  reset: "清空勾选",
  before: "现在",
  after: "签约后",
  change: "变化",
  nothing: "只推算，不写入。",
  clearable: "可清退",
  clearableBlock: "最大可清连片",
  remaining: "未签齐",
  householdsRow: "已签户",
  rateRow: "整宗签齐率 %",
  none: "没有未签的户。",
  noneHere: "这一片区没有未签的户。",
  more: "再列 {n} 户",
  open: "打开 {name}",
  tickHint: "勾选若干户，可看它们签约后的数字。",
} as const;

export type SigningKey = keyof typeof zh;

export const en: Record<SigningKey, string> = {
  title: "Keystones",
  lead: "Ranked by the contiguous land that each would unlock: whom to visit first.",
  parcel: "Area",
  allParcels: "All areas",
  count: "{n} unsigned",
  gain: "Block gains",
  clears: "Clears",
  missing: "{n} missing",
  plot: "Plot {list}",
  lastVisit: "Last visit {date}",
  noVisit: "Not visited yet",
  tick: "Suppose {name} signs",
  ticked: "If {n} ticked {n|holding|holdings} signed",
  reset: "Clear",
  before: "Now",
  after: "After",
  change: "Change",
  nothing: "A computation only; nothing is written.",
  clearable: "Clearable",
  clearableBlock: "Largest clearable block",
  remaining: "Remaining",
  householdsRow: "Signed holdings",
  rateRow: "Whole plots signed %",
  none: "Every holding has signed.",
  noneHere: "Every holding of this area has signed.",
  more: "{n} more",
  open: "Open {name}",
  tickHint: "Tick some holdings to see the figures if they signed.",
};

export const keyed = (key: SigningKey, params: Record<string, string | number> = {}): string =>
  fill(pick(zh[key], en[key]), params);
