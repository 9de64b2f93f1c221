# R's numbers for two-level factor models. Run in this folder: Rscript two_level.R
# (reads levels.csv and teams.csv, writes two_level.json)
suppressPackageStartupMessages({ library(lavaan); library(jsonlite) })
levels <- read.csv("levels.csv")
teams <- read.csv("teams.csv")
both <- function(within, between) paste("level: 1\n", within, "\nlevel: 2\n", between)
two <- "f =~ y1 + y2 + y3 + y4\n g =~ y5 + y6 + y7 + y8"
one <- "h =~ y1 + y2 + y3 + y4 + y5 + y6 + y7 + y8"
one_w <- sub("h", "w", one)
cases <- list(
  levels = list(levels, both(two, one)),
  levels_misfit = list(levels, both(one_w, one)),
  teams = list(teams, both("w =~ a1 + a2 + a3 + a4 + a5", "b =~ a1 + a2 + a3 + a4 + a5\n a4 ~~ 0*a4\n a5 ~~ 0*a5")))
saturated_lines <- function(items) paste(sapply(seq_along(items), function(i)
  paste(items[i], "~~", paste(items[i:length(items)], collapse = " + "))), collapse = "\n")
ys <- paste0("y", 1:8)
cases$only_within <- list(levels, both(two, saturated_lines(ys)))
cases$only_between <- list(levels, both(saturated_lines(ys), one))
shared <- paste0("f =~ a*y1 + b*y2 + c*y3 + d*y4\n g =~ e*y5 + h*y6 + i*y7 + j*y8")
cases$equal_loadings <- list(levels, both(shared, shared))
wanted <- c("npar", "chisq", "df", "pvalue", "baseline.chisq", "baseline.df", "cfi", "tli", "logl",
  "unrestricted.logl", "aic", "bic", "ntotal", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper",
  "srmr", "srmr_within", "srmr_between", "chisq.scaled", "pvalue.scaled", "chisq.scaling.factor",
  "baseline.chisq.scaled", "baseline.chisq.scaling.factor", "cfi.scaled", "tli.scaled",
  "rmsea.scaled", "cfi.robust", "tli.robust", "rmsea.robust", "scaling.factor.h1", "scaling.factor.h0")
# lavaan stops its EM for the saturated model at a gain of 1e-4 in log-likelihood; here it goes on
saturated <- function(fit) {
  found <- lavaan:::lav_mvnorm_cluster_em_sat(YLp = fit@SampleStats@YLp[[1]],
    Lp = fit@Data@Lp[[1]], verbose = FALSE, tol = 1e-8, max.iter = 20000L)
  list(logl = found$logl, within = found$Sigma.W, between = found$Sigma.B, mean = found$Mu.B)
}
numbers <- function(data, model, estimator, exact = TRUE) {
  more <- if (exact) list(control = list(rel.tol = 1e-14), optim.force.converged = TRUE)
  fit <- suppressWarnings(do.call("cfa", c(list(model, data, cluster = "unit",
                                              estimator = estimator), more)))
  table <- parameterEstimates(fit)
  std <- standardizedSolution(fit)
  measures <- suppressWarnings(fitMeasures(fit))
  list(converged = lavInspect(fit, "converged"),
       fit = as.list(measures[intersect(wanted, names(measures))]),
       saturated = saturated(fit), icc = as.numeric(lavInspect(fit, "icc")),
       estimates = as.list(table[, c("lhs", "op", "rhs", "level", "est", "se", "z", "pvalue")]),
       standardized = as.list(std[, c("lhs", "op", "rhs", "est.std", "se")]))
}
out <- lapply(cases, function(case) list(
  ml = numbers(case[[1]], case[[2]], "ML"), mlr = numbers(case[[1]], case[[2]], "MLR")))
same <- cfa(both(two, two), levels, cluster = "unit", control = list(rel.tol = 1e-14),
  optim.force.converged = TRUE)
suppressPackageStartupMessages(library(semTools))
omegas <- suppressWarnings(compRelSEM(same, obs.var = FALSE, config = c("f", "g"), shared = c("f", "g")))
out$omegas <- list(config = as.list(as.data.frame(omegas$config)), shared = as.list(as.data.frame(omegas$shared)),
  config_rows = rownames(omegas$config), shared_rows = rownames(omegas$shared), latent = compRelSEM(same, obs.var = FALSE, return.df = FALSE))
out$versions <- list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")))
write(toJSON(out, auto_unbox = TRUE, digits = NA, na = "null"), "two_level.json")
