# R's numbers for factor models: ordinal and continuous, robust, clustered, grouped, structural.
# Run in this folder: Rscript cfa_engine.R   (reads cfa_*.csv, writes cfa_engine.json)
suppressPackageStartupMessages({library(lavaan); library(jsonlite)})
draws <- lapply(c(nested = "nested", yes_no = "yes_no", uneven = "uneven", few = "few",
                  layered = "layered"), function(name) read.csv(paste0("cfa_", name, ".csv")))
loads <- function(factor, numbers) paste0(factor, " =~ ", paste0("x", numbers, collapse = " + "))
lines <- function(...) paste(..., sep = "\n")
models <- list(
  three = lines(loads("a", 1:4), loads("b", 5:8), loads("c", 9:12)),
  residual = lines(loads("a", 1:4), loads("b", 5:8), loads("c", 9:12), "x1 ~~ x2"),
  crossed = lines(loads("a", 1:5), loads("b", 5:8), loads("c", 9:12)),
  two = lines(loads("a", 1:4), loads("b", 5:8)),
  one = loads("a", 1:8),
  short = lines(loads("a", 1:3), loads("b", 4:6)),
  second = lines(loads("a", 1:3), loads("b", 4:6), loads("c", 7:9), loads("d", 10:12),
                 "g =~ a + b + c + d"),
  bifactor = lines(loads("g", 1:12), loads("a", 1:3), loads("b", 4:6), loads("c", 7:9),
                   loads("d", 10:12),
                   "g ~~ 0*a + 0*b + 0*c + 0*d", "a ~~ 0*b + 0*c + 0*d", "b ~~ 0*c + 0*d",
                   "c ~~ 0*d"),
  path = lines(loads("a", 1:3), loads("b", 4:6), loads("c", 7:9), loads("d", 10:12),
               "c ~ a + b", "d ~ a + b"),
  equal = lines("a =~ l*x1 + l*x2 + l*x3 + x4", "b =~ NA*x5 + m*x6 + m*x7 + x8", "b ~~ 1*b"))
exact <- list(reltol = 1e-15, maxit = 20000)
of <- function(model, data, ..., mi = FALSE) {
  fit <- suppressWarnings(sem(models[[model]], draws[[data]], ...))
  if (!lavInspect(fit, "converged")) stop(model, " ", data, " ", paste(list(...)))
  fm <- fitMeasures(fit)
  keep <- "^(npar|chisq|df|pvalue|cfi|tli|rmsea|rmsea.ci.(lower|upper)|srmr|logl|aic|bic|baseline.chisq|baseline.df|chisq.scaling.factor)(.scaled|.robust)?$"
  est <- parameterEstimates(fit, remove.system.eq = TRUE, remove.eq = TRUE)
  std <- standardizedSolution(fit, remove.eq = TRUE)
  est <- est[!est$op %in% c("~*~", "=="), ]
  std <- std[!std$op %in% c("~*~", "=="), ]
  out <- list(data = data, model = models[[model]], n = lavInspect(fit, "ntotal"),
              fit = as.list(fm[grepl(keep, names(fm))]),
              estimates = est[, intersect(c("lhs", "op", "rhs", "group", "est", "se", "z", "pvalue",
                                            "ci.lower", "ci.upper"), names(est))],
              standardized = std[, c("lhs", "op", "rhs", "est.std", "se")])
  if (lavInspect(fit, "ngroups") > 1) out$groups <- lavInspect(fit, "group.label")
  if (mi) out$mi <- head(modindices(fit, sort. = TRUE)[, c("lhs", "op", "rhs", "mi", "epc")], 12)
  out
}
ord <- function(..., estimator = "WLSMV")
  of(..., ordered = TRUE, estimator = estimator)
num <- function(..., estimator = "ML")
  of(..., estimator = estimator, optim.method = "BFGS", control = exact)
fits <- list(
  wlsmv_nested = ord("three", "nested", mi = TRUE),
  wlsmv_residual = ord("residual", "nested"),
  wlsmv_crossed_std = ord("crossed", "nested", std.lv = TRUE),
  ulsmv_nested = ord("three", "nested", estimator = "ULSMV"),
  wlsmv_yes_no = ord("two", "yes_no", mi = TRUE),
  wlsmv_yes_no_misfit = ord("one", "yes_no"),
  wls_yes_no = ord("two", "yes_no", estimator = "WLS"),
  wlsmv_uneven = ord("two", "uneven"),
  ulsmv_uneven = ord("one", "uneven", estimator = "ULSMV"),
  wlsmv_few = ord("short", "few"),
  wlsmv_few_pairwise = ord("short", "few", missing = "pairwise"),
  wlsmv_second = ord("second", "layered"),
  wlsmv_bifactor = ord("bifactor", "layered"),
  wlsmv_path = ord("path", "layered"),
  wlsmv_equal = ord("equal", "yes_no"),
  wlsmv_group = ord("three", "nested", group = "part"),
  ml_nested = num("three", "nested", mi = TRUE),
  ml_residual = num("residual", "nested"),
  ml_second = num("second", "layered"),
  ml_bifactor = num("bifactor", "layered"),
  ml_path = num("path", "layered", std.lv = TRUE),
  ml_equal = num("equal", "uneven"),
  mlr_nested = num("three", "nested", estimator = "MLR"),
  mlr_cluster = num("three", "nested", estimator = "MLR", cluster = "team"),
  ml_cluster = num("three", "nested", cluster = "team"),
  mlr_path_cluster = num("path", "nested", estimator = "MLR", cluster = "team"),
  ml_group = num("three", "nested", group = "part", mi = TRUE),
  ml_group_metric = num("three", "nested", group = "part", group.equal = "loadings"),
  mlr_group_scalar = num("three", "nested", group = "part", estimator = "MLR",
                         group.equal = c("loadings", "intercepts")),
  ml_group_strict_std = num("three", "nested", group = "part", std.lv = TRUE,
                            group.equal = c("loadings", "intercepts", "residuals")))
polychorics <- lapply(draws, function(data) {
  data <- na.omit(data[, grepl("^x", names(data))])
  fit <- lavCor(data, ordered = names(data), output = "fit", se = "none")
  list(thresholds = as.numeric(lavInspect(fit, "sampstat")$th),
       correlations = unclass(lavCor(data, ordered = names(data))))
})
versions <- list(lavaan = as.character(packageVersion("lavaan")),
                 R = paste(R.version$major, R.version$minor, sep = "."))
write_json(list(versions = versions, fits = fits, polychorics = polychorics), "cfa_engine.json",
           digits = I(12), auto_unbox = TRUE, na = "null", pretty = FALSE)
