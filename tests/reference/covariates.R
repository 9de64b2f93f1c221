# R's numbers for models with observed predictors and outcomes, and for ordinal and numeric items
# together. Run in this folder: Rscript covariates.R (reads covariates.csv, writes covariates.json)
suppressPackageStartupMessages({ library(lavaan); library(jsonlite) })
data <- read.csv("covariates.csv")
gaps <- data
for (name in c("a1", "b2", "c3", "y", "age")) gaps[[name]] <- data[[paste0(name, "_gap")]]
a <- "f =~ a1 + a2 + a3\n"
b <- "g =~ b1 + b2 + b3\n"
models <- list(
  paths = paste0(a, b, "f ~ age + part_time\n g ~ f + age"),
  outcome = paste0(a, b, "y ~ f + g + age"),
  beside = paste0(a, "h =~ c1 + c2 + c3\n f ~ h + age"),
  direct = paste0(a, b, "f + g ~ age + part_time\n b1 ~ part_time"))
measures <- c("npar", "chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "cfi", "tli", "logl",
  "aic", "bic", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "srmr", "chisq.scaled", "pvalue.scaled",
  "chisq.scaling.factor", "baseline.chisq.scaled", "cfi.scaled", "tli.scaled", "rmsea.scaled",
  "cfi.robust", "tli.robust", "rmsea.robust")
numbers <- function(model, ...) {
  fit <- suppressWarnings(sem(model, control = list(rel.tol = 1e-12), optim.force.converged = TRUE, ...))
  table <- parameterEstimates(fit)
  std <- standardizedSolution(fit)
  found <- suppressWarnings(fitMeasures(fit))
  kept <- table$op != "~*~" & !(table$op == "~1" & table$se == 0)
  list(rows = lapply(cbind(table[kept, c("lhs", "op", "rhs", "est", "se", "z", "pvalue")],
      std = std$est.std[kept], std_se = std$se[kept]), function(x) if (is.numeric(x)) signif(x, 10) else x),
    fit = as.list(signif(found[intersect(measures, names(found))], 10)))
}
ordered_names <- grep("^o", names(data), value = TRUE)
out <- list()
for (name in names(models)) {
  model <- models[[name]]
  ordinal <- gsub("([abc][123])", "o\\1", model)
  out[[name]] <- list(
    ml = numbers(model, data = data), mlr_cluster = numbers(model, data = data, estimator = "MLR", cluster = "unit"),
    fiml = numbers(model, data = gaps, estimator = "MLR", missing = "fiml"),
    wlsmv = numbers(ordinal, data = data, estimator = "WLSMV", ordered = ordered_names),
    mixed = numbers(ordinal, data = data, estimator = "WLSMV",
      ordered = c("oa1", "oa2", "oa3", "oc1", "oc2", "oc3")),
    ulsmv = numbers(ordinal, data = data, estimator = "ULSMV", ordered = ordered_names))
}
out$versions <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")))
write(toJSON(out, auto_unbox = TRUE, digits = NA, na = "null"), "covariates.json")
