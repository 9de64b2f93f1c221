# R's numbers for factor models of answers with gaps (full-information maximum likelihood).
# Run in this folder: Rscript fiml.R   (reads teams_missing.csv, gaps.csv, writes fiml.json)
suppressPackageStartupMessages({ library(lavaan); library(jsonlite) })
teams <- read.csv("teams_missing.csv")
gaps <- read.csv("gaps.csv")
of <- function(names, items) paste(names, "=~", sapply(items, paste, collapse = " + "), collapse = "\n")
abc <- list(paste0("a", 1:5), paste0("b", 1:4), paste0("c", 1:5))
y <- list(paste0("y", 1:5), paste0("y", 6:9))
cases <- list(
  teams = list(teams, of(c("a", "b", "c"), abc)),
  teams_misfit = list(teams, of("g", list(unlist(abc)))),
  gaps = list(gaps, of(c("f", "g"), y)),
  gaps_misfit = list(gaps, of("f", list(unlist(y)))))
wanted <- c("npar", "chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "cfi", "tli", "logl",
  "unrestricted.logl", "aic", "bic", "ntotal", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "srmr",
  "chisq.scaled", "pvalue.scaled", "chisq.scaling.factor", "baseline.chisq.scaled",
  "baseline.chisq.scaling.factor", "cfi.scaled", "tli.scaled", "rmsea.scaled", "cfi.robust",
  "tli.robust", "rmsea.robust", "rmsea.ci.lower.robust", "rmsea.ci.upper.robust",
  "scaling.factor.h1", "scaling.factor.h0")
# the optimiser and the EM go further than by default
fit_of <- function(data, model, ...) suppressWarnings(cfa(model, data, missing = "fiml", ...,
  em.h1.tol = 1e-12, em.h1.iter.max = 20000L,
  control = list(rel.tol = 1e-14), optim.force.converged = TRUE))
numbers <- function(fit) {
  table <- parameterEstimates(fit)
  measures <- suppressWarnings(fitMeasures(fit))
  list(fit = as.list(measures[intersect(wanted, names(measures))]),
       patterns = lavInspect(fit, "patterns") |> nrow(),
       saturated = list(mean = as.numeric(lavInspect(fit, "sampstat.h1")$mean),
                        covariance = unclass(lavInspect(fit, "sampstat.h1")$cov)),
       estimates = as.list(table[, c("lhs", "op", "rhs", "est", "se", "z", "pvalue")]))
}
out <- lapply(cases, function(case) list(
  ml = numbers(fit_of(case[[1]], case[[2]], estimator = "ML")),
  mlr = numbers(fit_of(case[[1]], case[[2]], estimator = "MLR")),
  mlr_cluster = numbers(fit_of(case[[1]], case[[2]], estimator = "MLR", cluster = "unit"))))
out$versions <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")))
write(toJSON(out, auto_unbox = TRUE, digits = NA, na = "null"), "fiml.json")
