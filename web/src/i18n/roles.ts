import type { Language } from "./index";
import { pick } from "./index";

/** The roles that an account can be given, in the order in which they are shown. */
export const roles = ["officer", "command_post", "planner", "viewer", "sysadmin", "secadmin", "auditor"] as const;
export type Role = (typeof roles)[number];

/** The roles, and the console: what each is called and what it may. */
export const roleWords: Record<Role | "console", Record<Language, { name: string; may: string }>> = {
  officer: {
    zh: { name: "经办员", may: "看全部土地和登记；画界、改界，记事实，导入导出。" },
    en: {
      name: "Officer",
      may: "Sees all land and the register; draws boundaries, records facts, imports and exports.",
    },
  },
  command_post: {
    zh: { name: "指挥部", may: "只看、只记本指挥部各片区的户、协议和事实；地图和数字与大家相同。" },
    en: {
      name: "Command post",
      may: "Sees and records holdings, contracts and facts of its own parcels only; the map and its figures are everybody's.",
    },
  },
  planner: {
    zh: { name: "规划人员", may: "看全部，可导出；人名隐去，除非另行授权。" },
    en: { name: "Planner", may: "Sees all and exports; names of persons are masked unless granted." },
  },
  viewer: {
    zh: { name: "领导", may: "看地图、合计和报告；不见登记，不见人名。" },
    en: { name: "Viewer", may: "Sees the map, totals and reports; no register, no names." },
  },
  sysadmin: {
    zh: { name: "系统管理员", may: "管账号、会话和令牌；不见土地，也不能授予角色。" },
    en: { name: "System administrator", may: "Keeps accounts, sessions and tokens; sees no land and gives no roles." },
  },
  secadmin: {
    zh: { name: "安全管理员", may: "授予和变更角色；不见土地。" },
    en: { name: "Security administrator", may: "Gives and changes roles; sees no land." },
  },
  auditor: {
    zh: { name: "安全审计员", may: "只看审计记录。" },
    en: { name: "Auditor", may: "Reads the audit trail only." },
  },
  console: {
    zh: { name: "控制台", may: "在服务器上运行命令的人。" },
    en: { name: "Console", may: "Whoever runs commands beside the database." },
  },
};

/** roleName is a role in words; one that the page does not know stays as it is written. */
export function roleName(role: string): string {
  const known = Object.hasOwn(roleWords, role) ? roleWords[role as Role] : null;
  return known ? pick(known.zh.name, known.en.name) : role;
}

export const roleMay = (role: Role): string => pick(roleWords[role].zh.may, roleWords[role].en.may);
