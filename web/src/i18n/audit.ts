import type { Json } from "../state/trail";
import { fill, listJoin, pick } from "./index";
import { roleName } from "./roles";

/** The words of the audit trail; they come with its panel, which few open. */
export const zh = {
  title: "审计记录",
  lead: "谁、何时、从哪里、做了什么、结果如何；新的在前。任何人都不能修改或删除。",
  refused: "审计记录只给安全审计员看。您的角色不含这项权限。",
  loading: "正在读取……",
  failed: "没有读到审计记录。什么也没有改动。",
  retry: "重试",
  none: "还没有记录。",
  noneFound: "没有符合条件的记录。",
  clear: "清除条件",
  filters: "筛选",
  apply: "筛选",
  account: "账号",
  object: "对象",
  objectHint: "如 P-01、H-000123",
  via: "事项",
  viaAll: "全部事项",
  outcome: "结果",
  outcomeAll: "全部",
  done: "已办",
  "refused.short": "已拒绝",
  code: "拒绝原因",
  codeHint: "如 session.refused",
  from: "起",
  to: "止",
  day: "写作 2022-03-31。",
  order: "起日在止日之后。",
  when: "时间",
  who: "何人",
  where: "来自",
  what: "事项",
  objects: "对象",
  objectsMore: "等 {n} 项",
  inside: "程序内部",
  nobody: "未登录",
  more: "再列一些",
  moreFailed: "没有读到更早的记录。",
  shown: "已列 {n} 条",
  end: "到此为止，共 {n} 条。",
  open: "打开第 {id} 条",
  record: "记录号",
  request: "请求号",
  sealed: "封存",
  sealedAs: "第 {seq} 封",
  unsealed: "等待封存",
  role: "角色",
  address: "地址",
  raw: "接口或命令",
  before: "之前",
  after: "之后",
  member: "内容",
  begins: "新增，之前没有。",
  ends: "到此为止，之后没有。",
  same: "前后相同。",
  details: "详情",
  noDetails: "没有别的内容。",
  deedsMore: "共 {n} 项，此处列出 {m} 项。",
  unchanged: "另有 {n} 项未变",
  why: "原因",
  verify: "校验",
  verifying: "正在校验……",
  verifyHint: "逐条重算封存链，并与库外的锚文件核对。",
  whole: "记录完整：{n} 条，封存到第 {seq} 封。",
  wholeNone: "记录完整：还没有记录。",
  waiting: "另有 {n} 条刚写入，正等待封存。",
  span: "从 {since} 到 {until}。",
  lastSeal: "最后一封",
  broken: "记录不完整，或被动过。最早的一处在前：",
  brokenMore: "另有 {n} 处。",
  mend: "请勿停机、勿再写入；保存数据目录和锚文件，报安全管理员核查。",
  verdict: "校验结果",
  putAway: "收起",
  verifyFailed: "没有校验成：服务器没有回音。记录没有改动。",
  export: "导出",
  exportHint: "按当前条件导出，每行一条记录",
  toMap: "查看这个对象的记录",
} as const;

export type TrailKey = keyof typeof zh;

export const en: Record<TrailKey, string> = {
  title: "Audit trail",
  lead: "Who did what, when, from where, and what came of it; the newest first. Nobody can change or delete it.",
  refused: "Only the auditor reads the audit trail. Your role does not include it.",
  loading: "Reading…",
  failed: "The audit trail could not be read. Nothing was changed.",
  retry: "Try again",
  none: "There is no record yet.",
  noneFound: "No record answers these filters.",
  clear: "Clear filters",
  filters: "Filters",
  apply: "Filter",
  account: "Account",
  object: "Object",
  objectHint: "As P-01 or H-000123",
  via: "What",
  viaAll: "Everything",
  outcome: "Outcome",
  outcomeAll: "All",
  done: "Done",
  "refused.short": "Refused",
  code: "Why refused",
  codeHint: "As session.refused",
  from: "From",
  to: "To",
  day: "Written as 2022-03-31.",
  order: "It begins after it ends.",
  when: "When",
  who: "Who",
  where: "From where",
  what: "What",
  objects: "Object",
  objectsMore: "{n} in all",
  inside: "The program itself",
  nobody: "Nobody signed in",
  more: "Show more",
  moreFailed: "Older records could not be read.",
  shown: "{n} shown",
  end: "That is all: {n} {n|record|records}.",
  open: "Open record {id}",
  record: "Record",
  request: "Request number",
  sealed: "Seal",
  sealedAs: "No. {seq}",
  unsealed: "Waits for its seal",
  role: "Role",
  address: "Address",
  raw: "Route or command",
  before: "Before",
  after: "After",
  member: "Member",
  begins: "New: there was nothing before.",
  ends: "Ended: nothing stands after.",
  same: "The same before and after.",
  details: "Details",
  noDetails: "There is nothing more to it.",
  deedsMore: "{n} things in all, {m} listed here.",
  unchanged: "{n} more {n|is|are} unchanged",
  why: "Why",
  verify: "Verify",
  verifying: "Verifying…",
  verifyHint:
    "Computes the chain of seals anew, record by record, and holds it against the anchor file outside the database.",
  whole: "The trail is whole: {n} {n|record|records}, sealed up to no. {seq}.",
  wholeNone: "The trail is whole: there is no record yet.",
  waiting: "{n} more {n|was|were} just written and {n|waits|wait} for a seal.",
  span: "From {since} to {until}.",
  lastSeal: "Last seal",
  broken: "The trail is not whole, or was tampered with. The first place first:",
  brokenMore: "{n} more such {n|place|places}.",
  mend: "Keep the service and its writers still, keep the data folder and the anchor file, and tell the security administrator.",
  verdict: "What the verification found",
  putAway: "Put away",
  verifyFailed: "It could not be verified: the server did not answer. No record was changed.",
  export: "Export",
  exportHint: "What answers these filters, one record a line",
  toMap: "Records of this object",
};

export const trail = (key: TrailKey, params: Record<string, string | number> = {}): string =>
  fill(pick(zh[key], en[key]), params);

/** Two languages of one word. */
type Words = readonly [chinese: string, english: string];

/** What is done to things, by method; and what the things are called, by their path. */
const verbs: Record<string, Words> = {
  GET: ["查看", "Read"],
  POST: ["登记", "Enter"],
  PATCH: ["变更", "Change"],
  PUT: ["替换", "Replace"],
  DELETE: ["注销", "Retire"],
};

const things: readonly (readonly [path: string, ...words: Words])[] = [
  ["/ogc/collections", "图上要素", "features of the map"],
  ["/ogc", "接口入口", "the interface"],
  ["/api/v1/round", "批次", "the round"],
  ["/api/v1/features", "要素沿革", "the history of a feature"],
  ["/api/v1/search", "查找结果", "what a search finds"],
  ["/api/v1/exports", "导出文件", "an export"],
  ["/api/v1/imports", "导入文件", "an import"],
  ["/api/v1/events", "实时变更", "the stream of changes"],
  ["/api/v1/progress", "进度数字", "figures"],
  ["/api/v1/blocks", "连片土地", "blocks of land"],
  ["/api/v1/keystones", "关键户", "keystones"],
  ["/api/v1/facts", "事实台账", "facts"],
  ["/api/v1/holdings", "户", "a holding"],
  ["/api/v1/buildings", "建筑", "a building"],
  ["/api/v1/contracts", "协议", "a contract"],
  ["/api/v1/parties", "权利人", "a party"],
  ["/api/v1/command-posts", "指挥部", "a command post"],
  ["/api/v1/users", "账号", "accounts"],
  ["/api/v1/tokens", "自己的令牌", "own tokens"],
  ["/api/v1/me", "自己的账号", "the own account"],
  ["/api/v1/session", "登录状态", "how to sign in"],
  ["/api/v1/audit", "审计记录", "the audit trail"],
  ["/tiles", "地图瓦片", "tiles of the map"],
  ["/metrics", "运行指标", "metrics"],
];

/** What has a word of its own, because it is more than its method done to its thing. */
const deeds: Record<string, Words> = {
  "POST /ogc/collections/:collection/items": ["新画边界", "Draw a boundary"],
  "PUT /ogc/collections/:collection/items/:id": ["替换边界和属性", "Replace a boundary"],
  "PATCH /ogc/collections/:collection/items/:id": ["改边界或属性", "Change a boundary"],
  "DELETE /ogc/collections/:collection/items/:id": ["注销图上要素", "Retire from the map"],
  "GET /api/v1/exports/:file": ["导出", "Export"],
  "POST /api/v1/imports": ["查看导入文件", "Look at a file"],
  "POST /api/v1/imports/:id/apply": ["应用导入", "Apply an import"],
  "DELETE /api/v1/imports/:id": ["放弃导入", "Discard an import"],
  "POST /api/v1/facts": ["记事实", "Record facts"],
  "POST /api/v1/facts/:id/void": ["作废事实", "Void a fact"],
  "POST /api/v1/progress/selection": ["查看圈选数字", "Read figures of an area"],
  "POST /api/v1/progress/what-if": ["试算签约", "Try what if they signed"],
  "POST /api/v1/session": ["登录", "Sign in"],
  "DELETE /api/v1/session": ["退出登录", "Sign out"],
  "POST /api/v1/links/use": ["使用一次性链接", "Use a one-time link"],
  "PUT /api/v1/me/password": ["改自己的密码", "Change the own password"],
  "DELETE /api/v1/me/sessions/:id": ["结束自己的会话", "End an own session"],
  "POST /api/v1/tokens": ["建令牌", "Create a token"],
  "DELETE /api/v1/tokens/:id": ["撤销令牌", "Revoke a token"],
  "POST /api/v1/users": ["添加账号", "Add an account"],
  "PATCH /api/v1/users/:name": ["变更账号", "Change an account"],
  "POST /api/v1/users/:name/link": ["发一次性链接", "Give out a one-time link"],
  "POST /api/v1/parties/find": ["按电话或证件号查找权利人", "Find a party by number or telephone"],
  "POST /api/v1/parties/:id/unmask": ["查看证件号和电话", "Look at a number or telephone"],
  "GET /api/v1/session/oidc": ["转到统一身份认证", "Go to the identity provider"],
  "GET /api/v1/session/oidc/callback": ["用统一身份认证登录", "Sign in through the identity provider"],
  "DELETE /api/v1/users/:name/sessions": ["结束账号的全部会话", "End all sessions of an account"],
  "DELETE /api/v1/users/:name/sessions/:id": ["结束账号的一个会话", "End a session of an account"],
  "DELETE /api/v1/users/:name/tokens": ["撤销账号的全部令牌", "Revoke all tokens of an account"],
  "DELETE /api/v1/users/:name/tokens/:id": ["撤销账号的一个令牌", "Revoke a token of an account"],
  "GET /api/v1/audit/verify": ["校验审计记录", "Verify the audit trail"],
  "GET /api/v1/audit/export": ["导出审计记录", "Export the audit trail"],
};

/** A command of the console is shown as it is typed. */
const command: Words = ["命令：{via}", "Command: {via}"];

/** What can be asked for: kinds of work, each by what the routes of it have in common. */
export const works: readonly (readonly [part: string, ...words: Words])[] = [
  ["/api/v1/session", "登录、退出", "Signing in and out"],
  ["/api/v1/links/use", "使用一次性链接", "Using one-time links"],
  ["/api/v1/me", "自己的密码和会话", "Own password and sessions"],
  ["/api/v1/tokens", "自己的令牌", "Own tokens"],
  ["/api/v1/users", "管理账号和角色", "Keeping accounts and roles"],
  ["/ogc/collections", "边界和图上要素", "Boundaries and features"],
  ["/api/v1/imports", "导入", "Imports"],
  ["/api/v1/exports", "导出", "Exports"],
  ["/api/v1/facts", "事实", "Facts"],
  ["/api/v1/holdings", "户", "Holdings"],
  ["/api/v1/buildings", "建筑", "Buildings"],
  ["/api/v1/contracts", "协议", "Contracts"],
  ["/api/v1/parties", "权利人", "Parties"],
  ["/unmask", "查看证件号和电话", "Looking at numbers and telephones"],
  ["/api/v1/command-posts", "指挥部", "Command posts"],
  ["/api/v1/round", "批次", "The round"],
  ["/api/v1/audit", "审计记录", "The audit trail"],
];

/** workWords is a kind of work in words; another filter stays as it is. */
export function workWords(part: string): string {
  const [, ...words] = works.find(([p]) => p === part) ?? ["", part, part];
  return pick(...words);
}

/** viaWords is what was done, in words; a route that has none is shown as it is. */
export function viaWords(via: string): string {
  const own = deeds[via];
  if (own) return pick(...own);
  const [method = "", path = ""] = via.split(" ", 2);
  const verb = verbs[method];
  if (!verb) return via === "" ? "" : fill(pick(...command), { via });
  const thing = things.find(
    ([start]) => path === start || path.startsWith(`${start}/`) || path.startsWith(`${start}.`),
  );
  if (!thing) return via;
  const [, chinese, english] = thing;
  return pick(verb[0] + chinese, `${verb[1]} ${english}`);
}

/** What became of an account, by what differs before and after; the first word is for what begins, the second for what ends. */
const turns: Record<string, readonly [begins: Words, ends: Words]> = {
  role: [
    ["授予角色：{role}", "Give the role: {role}"],
    ["改角色：{role}", "Change the role: {role}"],
  ],
  command_post: [
    ["改指挥部：{post}", "Change the command post: {post}"],
    ["改指挥部：{post}", "Change the command post: {post}"],
  ],
  names: [
    ["授权看人名", "Grant the names of persons"],
    ["收回看人名", "Take back the names of persons"],
  ],
  disabled: [
    ["停用账号", "Disable an account"],
    ["启用账号", "Enable an account"],
  ],
  person: [
    ["改姓名", "Rename a person"],
    ["改姓名", "Rename a person"],
  ],
};

/** accountWords is what a change of an account did; empty where nothing of it is known. */
export function accountWords(before: Json, after: Json): string {
  const [was, is] = [membersOf(before), membersOf(after)];
  if (!was || !is) return "";
  const moved = Object.keys(turns).filter((name) => was[name] !== is[name] && name in is);
  const said = moved.flatMap((name) => {
    const turn = turns[name];
    if (!turn || (moved[0] === "role" && name !== "role" && name !== "disabled" && name !== "person")) return []; // what belongs to a role goes with it
    const begins = name === "role" ? !was.role : name === "person" || is[name] === true;
    const post = String(is.command_post || was.command_post || "");
    return [fill(pick(...turn[begins ? 0 : 1]), { role: roleName(String(is.role ?? "")), post })];
  });
  return listJoin(said);
}

function membersOf(value: Json): Record<string, Json> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : null;
}

/** What kinds of objects are called that are not codes of the map or the register. */
const kinds: Record<string, Words> = {
  account: ["账号", "Account"],
  token: ["令牌", "Token"],
  session: ["会话", "Session"],
  link: ["一次性链接", "One-time link"],
  export: ["导出", "Export"],
  fact: ["事实", "Fact"],
  import: ["导入", "Import"],
  round: ["批次", "Round"],
};

/** objectWords is what something was done to; a code stays a code. */
export function objectWords(object: string): string {
  const [kind = "", name] = object.split(/:(.*)/s, 2);
  const known = kinds[kind];
  return known && name ? `${pick(...known)} ${name}` : object;
}

/** What the members of a record are called; others stay as they are written. */
const members: Record<string, Words> = {
  version: ["版本", "Version"],
  area_m2: ["面积 m²", "Area m²"],
  reason: ["理由", "Reason"],
  document_no: ["文号", "Document number"],
  name: ["名称", "Name"],
  name_en: ["英文名", "English name"],
  person: ["姓名", "Person"],
  role: ["角色", "Role"],
  command_post: ["指挥部", "Command post"],
  names: ["可见人名", "Sees names"],
  disabled: ["停用", "Disabled"],
  kind: ["种类", "Kind"],
  occurred_on: ["发生日期", "Day it happened"],
  subject: ["对象", "Subject"],
  valid_from: ["有效自", "Valid from"],
  note: ["备注", "Note"],
  id: ["编号", "Number"],
  voids: ["作废的事实", "Voids fact"],
  scopes: ["可用于", "Good for"],
  ends_at: ["到期", "Ends"],
  purpose: ["用途", "Purpose"],
  count: ["数量", "Count"],
  file: ["文件", "File"],
  sha256: ["文件摘要", "Digest of the file"],
  collection: ["图层", "Layer"],
  status: ["状态码", "Status"],
  codes: ["原因代码", "Codes"],
  state: ["状态", "State"],
  by: ["方式", "By"],
  link: ["一次性链接", "One-time link"],
  session: ["会话", "Session"],
  sessions: ["会话数", "Sessions"],
  token: ["令牌", "Token"],
  tokens: ["令牌数", "Tokens"],
  amount: ["金额", "Amount"],
  tenants: ["承租人", "Tenants"],
  part: ["第几条，共几条", "Part"],
  folded: ["另有同样的次数", "Further times"],
  dry_run: ["只是试算", "Only tried"],
};

export function memberWords(path: string): string {
  const known = members[path];
  return known ? pick(...known) : path;
}
