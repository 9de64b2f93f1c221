# R's numbers for layered models with robust errors, and for groups with clusters or gaps.
# Run in this folder: Rscript cfa_robust.R   (reads cfa_*.csv, gaps.csv, writes cfa_robust.json)
suppressPackageStartupMessages({library(lavaan); library(jsonlite)})
nested <- read.csv("cfa_nested.csv")
nested$half <- ifelse(nested$team < 10, "one", "two")
holed <- nested  # gaps by rule, so that they need no file of their own
row <- seq_len(nrow(nested))
for (item in 1:12) holed[(row^2 + 3 * row * item + 5 * item) %% 23 == 0, paste0("x", item)] <- NA
draws <- list(nested = nested, holed = holed, layered = read.csv("cfa_layered.csv"),
              gaps = read.csv("gaps.csv"))
loads <- function(factor, numbers, item = "x")
  paste0(factor, " =~ ", paste0(item, numbers, collapse = " + "))
lines <- function(...) paste(..., sep = "\n")
layers <- lines(loads("a", 1:3), loads("b", 4:6), loads("c", 7:9), loads("d", 10:12))
models <- list(
  three = lines(loads("a", 1:4), loads("b", 5:8), loads("c", 9:12)),
  second = lines(layers, "g =~ a + b + c + d"),
  bifactor = lines(loads("g", 1:12), layers, "g ~~ 0*a + 0*b + 0*c + 0*d", "a ~~ 0*b + 0*c + 0*d",
                   "b ~~ 0*c + 0*d", "c ~~ 0*d"),
  gaps = lines(loads("f", 1:5, "y"), loads("g", 6:9, "y")))
of <- function(model, data, ...) {
  fit <- suppressWarnings(sem(models[[model]], draws[[data]], ...))
  if (!lavInspect(fit, "converged")) stop(model, " ", data, " ", paste(list(...)))
  fm <- suppressWarnings(fitMeasures(fit))
  keep <- "^(npar|chisq|df|pvalue|cfi|tli|rmsea|rmsea.ci.(lower|upper)|srmr|logl|aic|bic|baseline.chisq|baseline.df|chisq.scaling.factor)(.scaled|.robust)?$"
  est <- parameterEstimates(fit)
  std <- standardizedSolution(fit)
  out <- list(data = data, model = models[[model]], n = lavInspect(fit, "ntotal"),
              fit = as.list(fm[grepl(keep, names(fm))]),
              estimates = est[est$op != "~*~", intersect(c("lhs", "op", "rhs", "group", "est", "se",
                                                 "z", "pvalue", "ci.lower", "ci.upper"), names(est))],
              standardized = std[std$op != "~*~", c("lhs", "op", "rhs", "est.std", "se")])
  if (lavInspect(fit, "ngroups") > 1) out$groups <- lavInspect(fit, "group.label")
  out
}
num <- function(..., estimator = "ML")
  of(..., estimator = estimator, control = list(rel.tol = 1e-14), optim.force.converged = TRUE)
fiml <- function(...) num(..., missing = "fiml", em.h1.tol = 1e-12, em.h1.iter.max = 20000L)
ord <- function(...) of(..., ordered = TRUE, estimator = "WLSMV")
fits <- list(
  mlr_second = num("second", "layered", estimator = "MLR"),
  mlr_bifactor = num("bifactor", "layered", estimator = "MLR"),
  ml_second_std = num("second", "layered", std.lv = TRUE),
  ml_bifactor_std = num("bifactor", "layered", std.lv = TRUE),
  wlsmv_second_std = ord("second", "layered", std.lv = TRUE),
  wlsmv_bifactor_std = ord("bifactor", "layered", std.lv = TRUE),
  ml_half_cluster = num("three", "nested", group = "half", cluster = "team"),
  mlr_half_cluster = num("three", "nested", group = "half", cluster = "team", estimator = "MLR"),
  ml_fiml_cluster = fiml("gaps", "gaps", cluster = "unit"),
  ml_fiml_half = fiml("three", "holed", group = "half"),
  mlr_fiml_half = fiml("three", "holed", group = "half", estimator = "MLR"),
  mlr_fiml_half_cluster = fiml("three", "holed", group = "half", estimator = "MLR",
                               cluster = "team"))
versions <- list(lavaan = as.character(packageVersion("lavaan")),
                 R = paste(R.version$major, R.version$minor, sep = "."))
write_json(list(versions = versions, fits = fits), "cfa_robust.json", digits = I(9),
           auto_unbox = TRUE, na = "null")
