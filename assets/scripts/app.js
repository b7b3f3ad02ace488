// What every page loads. Each module looks for its data- attribute, and a page without it is left alone.

import "./flashes.js";
import "./live.js";
import "./reveal.js";
import "./theme.js";
