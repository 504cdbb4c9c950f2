import { pick } from "./index";

type Words = readonly [chinese: string, english: string];

/** Why something was refused, in a few words; the whole sentence stands where the code leads to. What is not named here is told by its kind. */
const own: Record<string, Words> = {
  "access.anonymous": ["须先登录", "Needs signing in"],
  "access.role": ["角色无此权限", "Not in this role's rights"],
  "access.scope": ["令牌无此权限", "Not in this token's rights"],
  "access.session_only": ["须本人登录办理，令牌不可", "Not done with a token"],
  "account.administration": ["三员分立，须在服务器上办理", "Out of the system administrator's reach"],
  "account.disabled": ["账号已停用", "The account is disabled"],
  "account.elsewhere": ["由统一身份认证管理", "Kept by the identity provider"],
  "account.needs_post": ["没有指定指挥部", "No command post given"],
  "account.no_names": ["只有规划人员可授权看人名", "Names are granted to planners only"],
  "account.no_post": ["只有指挥部账号属于指挥部", "Only posts belong to a command post"],
  "account.own": ["不能改自己的账号", "Nobody changes their own account"],
  "account.taken": ["账号名已有", "The name is taken"],
  "account.unknown": ["没有这个账号", "No such account"],
  "account.unknown_post": ["没有这个指挥部", "No such command post"],
  "account.waits_for_role": ["账号还没有角色", "The account has no role yet"],
  "fact.role": ["角色不能记这种事实", "Not a fact of this role"],
  "fact.second_person": ["作废须由另一人办理", "A second person voids it"],
  "fact.refused_while": ["与已有事实不合", "Other facts stand against it"],
  "fact.makes_unlawful": ["会使后面的事实不成立", "Later facts would not hold"],
  "fact.needs": ["缺少前提事实", "A fact before it is missing"],
  "link.disabled": ["账号已停用", "The account is disabled"],
  "link.expired": ["链接已过期", "The link has expired"],
  "link.unknown": ["链接无效", "No such link"],
  "link.used": ["链接已用过", "The link was used before"],
  "password.wrong": ["原密码不对", "Wrong present password"],
  "plot.second_person": ["须由另一人改界", "A second person redraws it"],
  "request.rate": ["请求过于频繁", "Too many requests"],
  "request.origin": ["来自另一个网站", "From another site"],
  "row.parcel_not_yours": ["不属于本指挥部的片区", "Not an area of this post"],
  "row.stale": ["已有人先改", "Somebody changed it first"],
  "feature.stale": ["已有人先改", "Somebody changed it first"],
  "import.stale": ["已有人先改", "Somebody changed it first"],
  "row.unknown": ["没有这一项", "No such row"],
  "session.busy": ["同时登录的人太多", "Too many sign in at once"],
  "session.ended": ["登录已结束", "The session had ended"],
  "session.locked": ["试错过多，暂时锁定", "Locked after too many tries"],
  "session.none": ["没有登录", "Not signed in"],
  "session.refused": ["账号或密码不对", "Wrong account or password"],
  "session.unknown": ["没有这次登录", "No such session"],
  "token.password": ["没有填写当前密码", "Present password missing"],
  "token.sign_in_again": ["须重新登录后办理", "Needs signing in again"],
  "token.not_there": ["没有这个令牌", "No such token"],
  "token.unknown": ["令牌无效", "The token is not valid"],
};

const kinds: Record<string, Words> = {
  access: ["没有权限", "No right to it"],
  account: ["账号填写有误", "The account's entries are not right"],
  body: ["内容不合格式", "The body is not right"],
  events: ["连接过多", "Too many streams"],
  fact: ["事实不成立", "The fact does not hold"],
  feature: ["要素填写有误", "The feature is not right"],
  file: ["文件不合格式", "The file is not right"],
  geometry: ["图形有误", "The shape is not right"],
  import: ["导入有误", "The import is not right"],
  key: ["重复的请求号", "A request's key is not right"],
  link: ["链接不可用", "The link is not good"],
  oidc: ["统一身份认证未通过", "The identity provider did not let in"],
  password: ["密码不合要求", "The password is not lawful"],
  plot: ["地块不合要求", "The plot is not lawful"],
  property: ["属性有误", "A property is not right"],
  request: ["请求不合要求", "The request is not right"],
  row: ["登记填写有误", "The row is not right"],
  session: ["登录未成", "Signing in failed"],
  token: ["令牌填写有误", "The token is not right"],
};

const other: Words = ["填写不合要求", "What was sent is not right"];

/** refusalWords is why something was refused, in words. */
export function refusalWords(code: string): string {
  const [kind = ""] = code.split(".");
  return pick(...(own[code] ?? kinds[kind] ?? other));
}

/** The codes that have words of their own, so that a test can hold that there are such codes. */
export const worded: readonly string[] = Object.keys(own);
