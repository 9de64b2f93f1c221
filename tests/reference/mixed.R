# Reference numbers for mixed models: lme4, lmerTest, pbkrtest, lavaan (latent aggregation).
# Reads mixed.csv, writes mixed.json; run with this folder as working directory.
suppressPackageStartupMessages({
  library(lmerTest)
  library(pbkrtest)
  library(lavaan)
  library(jsonlite)
})
d <- read.csv("mixed.csv")
d$log_span <- log(d$span) - mean(log(d$span))
d$x_between <- ave(d$x, d$leader)
d$x_within <- d$x - d$x_between
d$z_between <- ave(d$z, d$leader)
d$z_within <- d$z - d$z_between
few <- d[d$leader %in% 1:9, ]
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))

tests_of <- function(fit, ddf) {
  p <- length(fixef(fit))
  rows <- lapply(seq_len(p), function(k) contest(fit, diag(p)[k, ], joint = FALSE, ddf = ddf))
  rows <- do.call(rbind, rows)
  joint <- contest(fit, diag(p)[2:p, , drop = FALSE], ddf = ddf)
  list(
    estimate = rows$Estimate, std_error = rows$`Std. Error`, statistic = rows$`t value`,
    df = rows$df, p_value = rows$`Pr(>|t|)`,
    joint = list(statistic = joint$`F value`, df_numerator = joint$NumDF,
                 df_denominator = joint$DenDF, p_value = joint$`Pr(>F)`)
  )
}

of <- function(formula, data, kr = TRUE, profile = FALSE) {
  reml <- lmer(formula, data, control = tight)
  ml <- lmer(formula, data, REML = FALSE, control = tight)
  effects <- as.data.frame(ranef(reml, condVar = TRUE))
  fixed <- as.numeric(var(as.vector(model.matrix(reml) %*% fixef(reml))))
  random <- sum(sapply(VarCorr(reml), function(v) {
    z <- model.matrix(reml)[, rownames(v), drop = FALSE]
    sum(diag(z %*% v %*% t(z))) / nrow(z)
  }))
  found <- list(
    terms = names(fixef(reml)),
    reml = list(
      satterthwaite = tests_of(reml, "Satterthwaite"),
      loglik = as.numeric(logLik(reml)),
      variance = as.data.frame(VarCorr(reml))$vcov,
      std_dev = as.data.frame(VarCorr(reml))$sdcor,
      r_squared = c(fixed, fixed + random) / (fixed + random + sigma(reml)^2),
      effects = list(level = effects$grpvar, term = effects$term, group = effects$grp,
                     estimate = effects$condval, std_error = effects$condsd)
    ),
    ml = list(
      satterthwaite = tests_of(ml, "Satterthwaite"),
      loglik = as.numeric(logLik(ml)), aic = AIC(ml), bic = BIC(ml),
      variance = as.data.frame(VarCorr(ml))$vcov
    )
  )
  if (kr) found$reml$kenward_roger <- tests_of(reml, "Kenward-Roger")
  if (profile) {
    # close steps: lme4 interpolates its profile by splines
    bounds <- confint(profile(ml, which = "theta_", delta = 0.1), parm = "theta_")
    found$ml$conf_low <- unname(bounds[, 1])
    found$ml$conf_high <- unname(bounds[, 2])
  }
  found
}

latent <- sem(
  "level: 1\n y ~ x + z\n x ~~ z\n level: 2\n y ~ x + z\n x ~~ z", d,
  cluster = "leader", fixed.x = FALSE, em.h1.iter.max = 10000, em.h1.tol = 1e-12
)
slopes <- subset(parameterEstimates(latent), op == "~")

result <- list(
  intercept = of(y ~ x * log_span + z + (1 | leader), d, profile = TRUE),
  answer = of(answer ~ x + z + log_span + (1 | leader), d, profile = TRUE),
  few = of(y ~ x + log_span + (1 | leader), few, profile = TRUE),
  boundary = of(flat ~ x + log_span + (1 | leader), d),
  slope = of(y ~ x * log_span + z + (1 + x | leader), d, profile = TRUE),
  two_slopes = of(y ~ x + z + (1 + x + z | leader), d),
  nested = of(y ~ x * log_span + z + (1 | leader) + (1 | department), d, profile = TRUE),
  nested_slope = of(y ~ x + z + (1 + x | leader) + (1 | department), d),
  mundlak = of(y ~ x_within + x_between + z_within + z_between + (1 | leader), d),
  latent = list(
    level = slopes$level, predictor = slopes$rhs, estimate = slopes$est, std_error = slopes$se
  ),
  versions = sapply(
    c("lme4", "lmerTest", "pbkrtest", "lavaan"), function(name) as.character(packageVersion(name))
  )
)
write_json(result, "mixed.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
