// What every page loads. Each module looks for its data- attribute, and a page without it is left alone.

import "./choose.js";
import "./dialog.js";
import "./flashes.js";
import "./live.js";
import "./menus.js";
import "./reveal.js";
import "./theme.js";
import "./errors.js"; // at the end, since an input that is moved loses its focus
