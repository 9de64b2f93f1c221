# R's numbers for ordinal and composite reliability, HTMT and random group resampling.
# Run in this folder: Rscript reliability_engine.R
# Reads teams.csv and ordinal_scales.csv, writes reliability_engine.json.
suppressPackageStartupMessages({
  library(lavaan); library(semTools); library(psych); library(multilevel); library(jsonlite)
})
teams <- read.csv("teams.csv")
ordinal <- read.csv("ordinal_scales.csv")
sets <- list(
  a = list(data = teams, items = paste0("a", 1:5)), b = list(data = teams, items = paste0("b", 1:4)),
  c = list(data = teams, items = paste0("c", 1:5)),
  u = list(data = ordinal, items = paste0("u", 1:4)),
  v = list(data = ordinal, items = paste0("v", 1:5)),
  w = list(data = ordinal, items = paste0("w", 1:3)))
cfa_exact <- function(model, data, ...)
  cfa(model, data, std.lv = TRUE, ..., optim.method = "BFGS",
      control = list(reltol = 1e-18, maxit = 20000))
line <- function(items) paste("f =~", paste(items, collapse = " + "))
number <- function(x) as.numeric(x)[1]

numbers_of <- function(x, items) {
  fit <- cfa_exact(line(items), x)
  standard <- cfa_exact(line(items), as.data.frame(scale(x[items])))
  # delta-method errors of the same quantities as defined parameters of the fit
  l <- paste0("l", seq_along(items)); t <- paste0("t", seq_along(items))
  model <- paste0(
    "f =~ ", paste(paste0(l, "*", items), collapse = " + "), "\n",
    paste(paste0(items, " ~~ ", t, "*", items), collapse = "\n"), "\n",
    "ave := (", paste0(l, "^2", collapse = "+"), ")/(", paste0(l, "^2", collapse = "+"), "+",
    paste(t, collapse = "+"), ")\n",
    "cr := (", paste0(l, "/sqrt(", l, "^2+", t, ")", collapse = "+"), ")^2/((",
    paste0(l, "/sqrt(", l, "^2+", t, ")", collapse = "+"), ")^2+",
    paste0(t, "/(", l, "^2+", t, ")", collapse = "+"), ")\n",
    "h := ", paste0(l, "^2/", t, collapse = "+"), "\nmaximal := h/(1+h)")
  defined <- parameterEstimates(cfa_exact(model, x))
  error_of <- function(name) defined$se[defined$lhs == name]
  list(n = nobs(fit),
       omega_total = number(compRelSEM(fit, obs.var = FALSE)),
       omega_total_observed = number(compRelSEM(fit)),
       composite_reliability = number(compRelSEM(standard, obs.var = FALSE)),
       ave = number(AVE(fit)), maximal_reliability = number(maximalRelia(fit)),
       std_error = list(ave = error_of("ave"), composite_reliability = error_of("cr"),
                        maximal_reliability = error_of("maximal")))
}
ordinal_of <- function(x, items, missing) {
  fit <- cfa_exact(line(items), x, ordered = items, missing = missing)
  l <- paste0("l", seq_along(items))
  s <- paste0("(", paste(l, collapse = "+"), ")^2")
  model <- paste0(
    "f =~ ", paste(paste0(l, "*", items), collapse = " + "), "\n",
    "ave := (", paste0(l, "^2", collapse = "+"), ")/", length(items), "\n",
    "cr := ", s, "/(", s, "+", paste0("1-", l, "^2", collapse = "+"), ")")
  defined <- parameterEstimates(cfa_exact(model, x, ordered = items, missing = missing))
  list(n = nobs(fit),
       alpha_ordinal = number(compRelSEM(fit, tau.eq = TRUE, ord.scale = FALSE)),
       alpha_psych = psych::alpha(unclass(lavInspect(fit, "sampstat")$cov))$total$raw_alpha,
       omega_categorical = number(compRelSEM(fit, obs.var = FALSE)),
       omega_categorical_observed = number(compRelSEM(fit)),
       composite_reliability = number(compRelSEM(fit, obs.var = FALSE, ord.scale = FALSE)),
       ave = number(AVE(fit)),
       # semTools' search for the best weights does not always come to an end
       maximal_reliability_observed = tryCatch(number(maximalRelia(fit)), error = function(e) NA),
       # lavaan divides by n - 1 where the asymptotic covariance itself has n
       std_error = list(ave = defined$se[defined$lhs == "ave"],
                        composite_reliability = defined$se[defined$lhs == "cr"]))
}
reliability <- lapply(sets, function(s) {
  complete <- na.omit(s$data[s$items])
  c(list(numbers = numbers_of(complete, s$items), ordinal = ordinal_of(complete, s$items, "listwise")),
    if (anyNA(s$data[s$items]))
      list(ordinal_pairwise = ordinal_of(s$data[s$items], s$items, "pairwise")))
})

htmt_of <- function(names, data, ...) {
  model <- paste(sapply(names, function(s) paste(s, "=~", paste(sets[[s]]$items, collapse = " + "))),
                 collapse = "\n")
  items <- unlist(lapply(sets[names], `[[`, "items"))
  ratios <- function(...) {
    m <- unclass(htmt(model, data[items], ...))
    list(m[1, 2], m[1, 3], m[2, 3])
  }
  list(pearson = list(ratios(htmt2 = FALSE, ...), ratios(htmt2 = TRUE, ...)),
       polychoric = list(ratios(htmt2 = FALSE, ordered = items, ...),
                         ratios(htmt2 = TRUE, ordered = items, ...)))
}
turned <- teams
turned[paste0("c", 1:5)] <- 4 - turned[paste0("c", 1:5)]
htmts <- list(teams = htmt_of(c("a", "b", "c"), teams), turned = htmt_of(c("a", "b", "c"), turned),
              ordinal = htmt_of(c("u", "v", "w"), ordinal))

several <- teams[teams$unit %in% names(which(table(teams$unit) > 1)), ]
set.seed(1)
random <- lapply(c(a = "a", b = "b", c = "c"), function(s) {
  got <- rgr.agree(rowMeans(several[sets[[s]]$items]), several$unit, 40000)
  list(within_variance = got$AvGrpVar, random_variance = got$AvRGRVar, random_sd = got$SDRGRVar,
       statistic = got$zvalue, n_random_groups = got$NRanGrp)
})
versions <- lapply(c(lavaan = "lavaan", semTools = "semTools", psych = "psych",
                     multilevel = "multilevel"), function(p) as.character(packageVersion(p)))
versions$R <- paste(R.version$major, R.version$minor, sep = ".")
write_json(list(versions = versions, reliability = reliability, htmt = htmts, random_groups = random),
           "reliability_engine.json", digits = I(16), auto_unbox = TRUE, na = "null", pretty = 1)
