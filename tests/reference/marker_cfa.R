# R's numbers for the CFA marker technique. Run in this folder: Rscript marker_cfa.R
# (reads teams.csv, writes marker_cfa.json)
suppressPackageStartupMessages({ library(lavaan); library(jsonlite) })
data <- read.csv("teams.csv")
a <- paste0("a", 1:5); b <- paste0("b", 1:4); c <- paste0("c", 1:5)
sum_of <- function(items, before = "") paste0(before, items, collapse = " + ")
factors <- paste0("a =~ ", sum_of(a), "\nb =~ ", sum_of(b))
fit <- function(...) suppressWarnings(cfa(paste(..., sep = "\n"), data, std.lv = TRUE, control = list(rel.tol = 1e-12),
  optim.force.converged = TRUE))
first <- fit(factors, paste0("marker =~ ", sum_of(c)))
table <- parameterEstimates(first)
load <- table$est[table$lhs == "marker" & table$op == "=~"]
rest <- sapply(c, function(item) table$est[table$lhs == item & table$op == "~~" & table$rhs == item])
held <- paste0("marker =~ ", paste0(sprintf("%.15g", load), "*", c, collapse = " + "),
  "\nmarker ~~ 0*a + 0*b\n", paste0(c, " ~~ ", sprintf("%.15g", rest), "*", c, collapse = "\n"))
baseline <- fit(factors, held)
equal <- paste0("marker =~ ", sum_of(c(a, b), "m*"))
free <- paste0("marker =~ ", sum_of(c(a, b), "NA*"))
method_c <- fit(factors, held, equal)
method_u <- fit(factors, held, free)
r <- lavInspect(baseline, "std")$psi["a", "b"]
r_c <- fit(factors, held, equal, paste0("a ~~ ", sprintf("%.15g", r), "*b"))
r_u <- fit(factors, held, free, paste0("a ~~ ", sprintf("%.15g", r), "*b"))
of <- function(f) list(chi2 = unname(fitMeasures(f, "chisq")), df = unname(fitMeasures(f, "df")))
out <- list(cfa = of(first), baseline = of(baseline), method_c = of(method_c), method_u = of(method_u),
  method_r_c = of(r_c), method_r_u = of(r_u), correlation = list(baseline = r,
    method_c = lavInspect(method_c, "std")$psi["a", "b"], method_u = lavInspect(method_u, "std")$psi["a", "b"]),
  method_loadings = as.list(setNames(lavInspect(method_u, "est")$lambda[c(a, b), "marker"], c(a, b))),
  versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan"))))
write(toJSON(out, auto_unbox = TRUE, digits = NA, pretty = TRUE), "marker_cfa.json")
