import type { Geometry } from "geojson";
import type { components } from "./schema";

/** The answers as the OpenAPI document has them (schema.ts is made from it), with the words that it leaves open narrowed. */
type Schemas = components["schemas"];

export type Collection = "zones" | "parcels" | "plots" | "context";
export type LandProperties = Schemas["Properties"];
export type Kind = LandProperties["kind"];
export type Accuracy = LandProperties["accuracy"];
export type NameStatus = NonNullable<LandProperties["name_status"]>;
export type BBox = [west: number, south: number, east: number, north: number];
export type Position = [lon: number, lat: number];

export type Round = Schemas["Round"];
export type LandFeature = Omit<Schemas["Feature"], "geometry"> & { geometry: Geometry };
export type LandCollection = Omit<Schemas["FeatureCollection"], "features"> & { features: LandFeature[] };
export type Version = Schemas["Version"];
export type Versions = Schemas["Versions"];
export type Found = Omit<Schemas["Found"], "collection" | "kind"> & { collection: Collection; kind: Kind };
export type FoundList = Omit<Schemas["FoundList"], "items"> & { items: Found[] };
export type ProblemBody = Pick<Schemas["Problem"], "type" | "title" | "status" | "code"> & Partial<Schemas["Problem"]>;

/** What the event stream says of one changed feature; OpenAPI does not describe streams. */
export interface Touched {
  collection: Collection;
  id: string;
  fid: number;
  bbox: BBox;
}

export type Progress = Schemas["Progress"];
export type Figures = Schemas["Figures"];
export type StageName = keyof Figures["stages"];
export type ParcelProgress = Progress["parcels"][number];
export type Series = Schemas["Series"];
export type Blocks = Schemas["Blocks"];
export type Block = Blocks["items"][number];
export type Keystones = Schemas["Keystones"];
export type Keystone = Keystones["items"][number];
export type Selection = Schemas["Selection"];
export type WhatIf = Schemas["WhatIf"];
export type Fact = Schemas["Fact"];
export type Holding = Schemas["Holding"];
export type Building = Schemas["Building"];
export type Contract = Schemas["Contract"];
export type Party = Schemas["Party"];
export type CommandPost = Schemas["CommandPost"];
export interface List<T> {
  items: T[];
  next: string | null;
  matched: number;
}
export type UseClass = NonNullable<Progress["use_class"]>;

export type Role = "officer" | "command_post" | "planner" | "viewer" | "sysadmin" | "secadmin" | "auditor";

/** What somebody may do, as the server's table of routes says. */
export type May =
  | "boundary.edit"
  | "register.write"
  | "fact.record"
  | "import"
  | "export"
  | "register.read"
  | "personal.unmask"
  | "accounts.manage"
  | "roles.assign"
  | "audit.read"
  | "tokens.own";

/** Who is signed in. */
export interface Me {
  account: string;
  person: string | null;
  role: Role;
  role_name: { zh: string; en: string };
  command_post: string | null;
  parcels: string[];
  names: boolean;
  signed_by: string;
  may: May[];
  demo: boolean;
}

/** What a one-time link is for. */
export interface Link {
  purpose: "sign_in" | "password";
  account: string;
  person: string | null;
  /** null: it waits for the security administrator. */
  role: Role | null;
  expires_at: string;
}

export interface OwnSession {
  id: number | string;
  created_at: string;
  seen_at: string;
  address: string | null;
  agent: string | null;
  current: boolean;
}

export interface Token {
  id: number | string;
  name: string;
  scopes: string[];
  reason: string | null;
  created_at: string;
  expires_at: string;
  used_at: string | null;
}
