# R's numbers for reliability, agreement, maximum-likelihood CFA and marker correlations.
# Run in this folder: Rscript measurement.R   (reads teams*.csv, writes measurement.json)
suppressPackageStartupMessages({
  library(lavaan); library(semTools); library(psych); library(multilevel); library(lme4)
  library(jsonlite)
})
full <- read.csv("teams.csv")
holes <- read.csv("teams_missing.csv")
scales <- list(a = paste0("a", 1:5), b = paste0("b", 1:4), c = paste0("c", 1:5))
low <- list(a = 1, b = 1, c = 0)
# expected error variances of a 5-point item: LeBreton and Senter (2008), Table 2
nulls <- list(rwg_j = 2, rwg_j_slight_skew = 1.34, rwg_j_moderate_skew = 0.90,
              rwg_j_heavy_skew = 0.44)

# lavaan's default optimiser stops at a gradient of 1e-6; this one goes two digits further
cfa_exact <- function(model, data, ...)
  cfa(model, data, estimator = "ML", missing = "listwise", ..., optim.method = "BFGS",
      control = list(reltol = 1e-18, maxit = 20000))

# ---- reliability ---------------------------------------------------------------------------
alpha_of <- function(items, use) {
  fit <- suppressWarnings(psych::alpha(items, use = use, warnings = FALSE))
  pairs <- crossprod(!is.na(as.matrix(items)))
  n <- min(pairs)
  bounds <- psych::alpha.ci(fit$total$raw_alpha, n.obs = n, n.var = ncol(items))
  out <- list(n = n, alpha = fit$total$raw_alpha,
       # psych divides by all rows; with holes we divide by the smallest number of pairs
       std_error = fit$total$ase * sqrt(nrow(items) / n),
       conf_low = as.numeric(bounds$lower.ci), conf_high = as.numeric(bounds$upper.ci),
       item_rest_correlation = fit$item.stats$r.drop,
       mean = fit$item.stats$mean, sd = fit$item.stats$sd, item_n = fit$item.stats$n)
  if (ncol(items) > 2) out$alpha_if_dropped <- fit$alpha.drop$raw_alpha
  out
}
one_factor <- function(items) {
  p <- length(items)
  paste0("f =~ ", paste0("l", 1:p, "*", items, collapse = " + "), "\n",
         paste0(items, " ~~ e", 1:p, "*", items, collapse = "\n"), "\n",
         "common := (", paste0("l", 1:p, collapse = " + "), ")^2\n",
         "unique := ", paste0("e", 1:p, collapse = " + "), "\n",
         "omega := common / (common + unique)")
}
omega_of <- function(items, data) {
  data <- na.omit(data[, items])
  fit <- cfa_exact(one_factor(items), data, std.lv = TRUE)
  row <- subset(parameterEstimates(fit), lhs == "omega")
  plain <- cfa_exact(paste("f =~", paste(items, collapse = " + ")), data, std.lv = TRUE)
  list(n = nrow(data), omega = row$est, std_error = row$se, conf_low = row$ci.lower,
       conf_high = row$ci.upper,
       semtools_model_variance = as.numeric(compRelSEM(plain, obs.var = FALSE)),
       semtools_observed_variance = as.numeric(compRelSEM(plain, obs.var = TRUE)))
}
reliability <- lapply(scales, function(items) list(
  listwise = alpha_of(na.omit(holes[, items]), "complete.obs"),
  pairwise = alpha_of(holes[, items], "pairwise"),
  complete = alpha_of(full[, items], "pairwise"),
  two_items = alpha_of(full[, items[1:2]], "pairwise"),
  omega = omega_of(items, full), omega_listwise = omega_of(items, holes)))

# ---- agreement -----------------------------------------------------------------------------
reml_of <- function(score, unit) {
  data <- data.frame(score, unit)
  fit <- suppressMessages(lmer(score ~ 1 + (1 | unit), data, REML = TRUE))
  deviance <- lmer(score ~ 1 + (1 | unit), data, REML = TRUE, devFunOnly = TRUE)
  best <- optimize(deviance, c(0, 5), tol = 1e-10)
  excess <- function(theta) deviance(theta) - best$objective - qchisq(.95, 1)
  rho <- function(theta) theta^2 / (1 + theta^2)
  lower <- if (excess(0) < 0) 0 else rho(uniroot(excess, c(0, best$minimum), tol = 1e-12)$root)
  upper <- rho(uniroot(excess, c(best$minimum, 20), tol = 1e-12)$root)
  variances <- as.data.frame(VarCorr(fit))$vcov
  list(lmer = variances[1] / sum(variances), estimate = rho(best$minimum),
       conf_low = lower, conf_high = upper)
}
agreement_of <- function(items, unit, low) {
  data <- na.omit(data.frame(unit = unit, items))
  unit <- data$unit
  items <- data[, -1, drop = FALSE]
  score <- rowMeans(items)
  fit <- aov(score ~ as.factor(unit))
  test <- summary(fit)[[1]]
  out <- list(n = length(score), icc1 = ICC1(fit), icc2 = ICC2(fit), df = test$Df,
              ms = test$`Mean Sq`, f = test$`F value`[1], p = test$`Pr(>F)`[1],
              reml = reml_of(score, unit))
  by <- list()
  single <- ncol(items) == 1
  x <- if (single) items[, 1] else items
  for (name in names(nulls))
    by[[name]] <- if (single) rwg(x, unit, nulls[[name]])$rwg else rwg.j(x, unit, nulls[[name]])$rwg.j
  if (!single) by$r_star_wg_j <- rwg.j.lindell(x, unit, 2)$rwg.lindell
  by$ad_m <- ad.m(x, unit)$AD.M
  by$ad_md <- ad.m(x, unit, "median")$AD.M
  by$awg <- awg(x, unit, c(low, low + 4))$a.wg
  out$unit <- if (single) rwg(x, unit)$grpid else rwg.j(x, unit)$grpid
  out$gsize <- if (single) rwg(x, unit)$gsize else rwg.j(x, unit)$gsize
  out$by_group <- lapply(by, as.numeric)
  out
}
one_person <- full[-c(2, 3), ]
agreement <- lapply(names(scales), function(s) list(
  complete = agreement_of(full[, scales[[s]]], full$unit, low[[s]]),
  listwise = agreement_of(holes[, scales[[s]]], holes$unit, low[[s]]),
  one_person = agreement_of(one_person[, scales[[s]]], one_person$unit, low[[s]]),
  one_column = agreement_of(full[, scales[[s]][1], drop = FALSE], full$unit, low[[s]])))
names(agreement) <- names(scales)
# equal team sizes: the F-based intervals of psych::ICC are exact there
large <- full[full$unit %in% names(which(table(full$unit) >= 5)), ]
five <- do.call(rbind, lapply(split(large, large$unit), head, 5))
score <- rowMeans(five[, scales$a])
wide <- matrix(score, ncol = 5, byrow = TRUE)
balanced <- psych::ICC(wide, lmer = FALSE)$results
balanced <- list(unit = five$unit, score = score,
                 type = balanced$type, icc = balanced$ICC, conf_low = balanced$`lower bound`,
                 conf_high = balanced$`upper bound`)

# ---- CFA -----------------------------------------------------------------------------------
three <- paste(sapply(names(scales), function(s)
  paste(s, "=~", paste(scales[[s]], collapse = " + "))), collapse = "\n")
one <- paste("g =~", paste(unlist(scales), collapse = " + "))
two <- paste("ab =~", paste(c(scales$a, scales$b), collapse = " + "),
             "\nc =~", paste(scales$c, collapse = " + "))
pairs <- "a =~ a1 + a2\nb =~ b1 + b2\nc =~ c1 + c2 + c3"
crossed <- "a =~ a1 + a2 + a3 + b1\nb =~ b1 + b2 + b3 + b4"
cfa_of <- function(model, data, ...) {
  fit <- cfa_exact(model, data, ...)
  keep <- c("npar", "chisq", "df", "pvalue", "cfi", "tli", "rmsea", "rmsea.ci.lower",
            "rmsea.ci.upper", "srmr", "logl", "aic", "bic", "ntotal", "baseline.chisq",
            "baseline.df")
  list(fit = as.list(fitMeasures(fit)[keep]),
       estimates = parameterEstimates(fit), standardized = standardizedSolution(fit),
       factor_correlations = unclass(lavInspect(fit, "cor.lv")))
}
fits <- list(three = cfa_of(three, full), one = cfa_of(one, full), two = cfa_of(two, full),
             three_std_lv = cfa_of(three, full, std.lv = TRUE),
             three_missing = cfa_of(three, holes), pairs = cfa_of(pairs, full),
             crossed = cfa_of(crossed, full),
             saturated = cfa_of("a =~ a1 + a2 + a3", full))
tests <- anova(cfa_exact(three, full), cfa_exact(two, full), cfa_exact(one, full))
lrt <- list(chi2_diff = tests$`Chisq diff`, df_diff = tests$`Df diff`, p = tests$`Pr(>Chisq)`)

# ---- marker --------------------------------------------------------------------------------
scores <- as.data.frame(sapply(scales, function(items) rowMeans(holes[, items])))
scores <- na.omit(scores)
partial <- cor(resid(lm(a ~ b, scores)), resid(lm(c ~ b, scores)))
plain <- cor.test(scores$a, scores$c)
n <- nrow(scores)
t_value <- partial * sqrt((n - 3) / (1 - partial^2))
marker <- list(n = n,
  correlation = list(estimate = as.numeric(plain$estimate), statistic = as.numeric(plain$statistic),
                     df = as.numeric(plain$parameter), p_value = plain$p.value,
                     conf_low = plain$conf.int[1], conf_high = plain$conf.int[2]),
  partial = list(estimate = partial, statistic = t_value, df = n - 3,
                 p_value = 2 * pt(-abs(t_value), n - 3),
                 conf_low = tanh(atanh(partial) - qnorm(.975) / sqrt(n - 4)),
                 conf_high = tanh(atanh(partial) + qnorm(.975) / sqrt(n - 4))))

versions <- lapply(c(lavaan = "lavaan", semTools = "semTools", psych = "psych",
                     multilevel = "multilevel", lme4 = "lme4"),
                   function(p) as.character(packageVersion(p)))
versions$R <- paste(R.version$major, R.version$minor, sep = ".")
write_json(list(versions = versions, reliability = reliability, agreement = agreement,
                balanced = balanced, cfa = fits, difference_tests = lrt, marker = marker),
           "measurement.json", digits = I(16), auto_unbox = TRUE, na = "null", pretty = 1)
