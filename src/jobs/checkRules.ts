export { siteOfPanel as siteOf } from "./siteOfPanel.ts";
