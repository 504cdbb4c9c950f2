import { adopt } from "./adopt";
import style from "./record.css?inline";

adopt(style);
