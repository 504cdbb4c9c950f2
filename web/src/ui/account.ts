import "./record";
import style from "./account.css?inline";
import { adopt } from "./adopt";

adopt(style);
