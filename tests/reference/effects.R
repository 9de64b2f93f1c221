# Reference numbers for tests/effects and tests/stats: least squares with heteroskedastic and
# cluster-robust covariances, joint tests, simple slopes, general dominance, relative weights.
# Reads teams.csv, writes effects.json; run with this folder as working directory.
suppressPackageStartupMessages({
  library(clubSandwich)
  library(sandwich)
  library(emmeans)
  library(jsonlite)
})

teams <- read.csv("teams.csv")
teams$a <- rowMeans(teams[paste0("a", 1:5)])
teams$b <- rowMeans(teams[paste0("b", 1:4)])
teams$c <- rowMeans(teams[paste0("c", 1:5)])
teams$log_span <- log(teams$span) - mean(log(teams$span))
teams$class <- factor(
  ifelse(teams$span < 20, "<20", ifelse(teams$span <= 35, "20-35", ">35")),
  levels = c("<20", "20-35", ">35")
)
zscore <- function(x) (x - mean(x)) / sd(x)
teams$za <- zscore(teams$a)
teams$zb <- zscore(teams$b)
teams$zc <- zscore(teams$c)

coefficients_of <- function(fit) unname(coef(fit))

heteroskedastic <- function(fit, type) {
  v <- if (type == "iid") vcov(fit) else vcovHC(fit, type = type)
  se <- sqrt(diag(v))
  t <- coef(fit) / se
  df <- df.residual(fit)
  reach <- qt(0.975, df) * se
  list(
    std_error = unname(se), statistic = unname(t), df = rep(df, length(se)),
    p_value = unname(2 * pt(abs(t), df, lower.tail = FALSE)),
    conf_low = unname(coef(fit) - reach), conf_high = unname(coef(fit) + reach)
  )
}

clustered <- function(fit, cluster, type) {
  v <- vcovCR(fit, cluster = cluster, type = type)
  test <- coef_test(fit, vcov = v, test = "Satterthwaite")
  bounds <- conf_int(fit, vcov = v, test = "Satterthwaite", level = 0.95)
  list(
    std_error = test$SE, statistic = test$tstat, df = test$df_Satt, p_value = test$p_Satt,
    conf_low = bounds$CI_L, conf_high = bounds$CI_U
  )
}

fit_of <- function(formula, data) {
  fit <- lm(formula, data = data)
  types <- c("iid", "HC0", "HC1", "HC2", "HC3")
  robust <- c("CR0", "CR1", "CR1S", "CR2", "CR3")
  list(
    estimate = coefficients_of(fit), r_squared = summary(fit)$r.squared,
    adj_r_squared = summary(fit)$adj.r.squared, sigma = summary(fit)$sigma,
    vcov = c(
      sapply(types, function(type) heteroskedastic(fit, type), simplify = FALSE),
      sapply(robust, function(type) clustered(fit, data$unit, type), simplify = FALSE)
    )
  )
}

joint <- function(fit, cluster, columns, type = "CR2") {
  v <- vcovCR(fit, cluster = cluster, type = type)
  test <- Wald_test(fit, constraints = constrain_zero(columns, coef(fit)), vcov = v, test = "HTZ")
  list(
    statistic = test$Fstat, df_numerator = test$df_num, df_denominator = test$df_denom,
    p_value = test$p_val
  )
}

# Moderation by the centred logarithm of span, and by classes; c is the outcome, a and b predict.
by_log <- lm(zc ~ za + zb + log_span + za:log_span + zb:log_span, data = teams)
by_class <- lm(zc ~ za + zb + class + za:class + zb:class, data = teams)
percentiles <- unname(quantile(teams$span, c(0.1, 0.5, 0.9), type = 7))
places <- log(percentiles) - mean(log(teams$span))
v_log <- vcovCR(by_log, cluster = teams$unit, type = "CR2")
slopes_of <- function(var) {
  found <- as.data.frame(emtrends(
    by_log, ~log_span, var = var, at = list(log_span = places), vcov. = as.matrix(v_log)
  ))
  list(estimate = found[[paste0(var, ".trend")]], std_error = found$SE)
}
slope_df <- function(name) {
  sapply(places, function(place) {
    contrast <- matrix(0, 1, length(coef(by_log)), dimnames = list(NULL, names(coef(by_log))))
    contrast[, name] <- 1
    contrast[, grepl(paste0("^", name, ":|:", name, "$"), colnames(contrast))] <- place
    linear_contrast(by_log, vcov = v_log, contrasts = contrast, test = "Satterthwaite")$df
  })
}
v_class <- vcovCR(by_class, cluster = teams$unit, type = "CR2")
class_slopes <- function(var) {
  found <- as.data.frame(emtrends(by_class, ~class, var = var, vcov. = as.matrix(v_class)))
  list(estimate = found[[paste0(var, ".trend")]], std_error = found$SE)
}

# General dominance by a loop over all subsets; controls are in every model.
general_dominance <- function(y, X, controls = NULL) {
  p <- ncol(X)
  base <- if (is.null(controls)) rep(1, length(y)) else cbind(1, controls)
  r2 <- function(subset) {
    fit <- lm.fit(cbind(base, X[, subset, drop = FALSE]), y)
    1 - sum(fit$residuals^2) / sum((y - mean(y))^2)
  }
  added <- numeric(p)
  for (k in seq_len(p)) {
    others <- setdiff(seq_len(p), k)
    per_size <- numeric(p)
    for (size in 0:(p - 1)) {
      sets <- if (size == 0) list(integer(0)) else combn(length(others), size, simplify = FALSE)
      per_size[size + 1] <- mean(sapply(sets, function(s) r2(c(others[s], k)) - r2(others[s])))
    }
    added[k] <- mean(per_size)
  }
  list(estimate = added, r_squared = r2(seq_len(p)), r_squared_controls = r2(integer(0)))
}

relative_weights <- function(y, X) {
  e <- eigen(cor(X))
  root <- e$vectors %*% diag(sqrt(e$values)) %*% t(e$vectors)
  as.numeric(root^2 %*% (solve(root) %*% cor(X, y))^2)
}

columns <- c("a1", "a2", "a3", "b1", "b2", "b3")
X <- as.matrix(teams[columns])
X_std <- lm(zscore(teams$c) ~ apply(X, 2, zscore) + teams$log_span)

result <- list(
  simple = fit_of(c ~ a * b, teams),
  with_span = fit_of(c ~ a + b * log_span, teams),
  few_clusters = fit_of(c ~ a + log_span, teams[teams$unit %in% c(1, 4, 9, 12, 17, 20, 22, 24), ]),
  moderation = list(
    log = list(
      estimate = coefficients_of(by_log), vcov = clustered(by_log, teams$unit, "CR2"),
      joint = joint(by_log, teams$unit, 5:6),
      span = percentiles,
      slopes = list(
        a = c(slopes_of("za"), list(df = slope_df("za"))),
        b = c(slopes_of("zb"), list(df = slope_df("zb")))
      )
    ),
    classes = list(
      estimate = coefficients_of(by_class), vcov = clustered(by_class, teams$unit, "CR2"),
      joint_a = joint(by_class, teams$unit, 6:7), joint_b = joint(by_class, teams$unit, 8:9),
      joint_all = joint(by_class, teams$unit, 6:9),
      joint_all_cr3 = joint(by_class, teams$unit, 6:9, "CR3"),
      slopes = list(a = class_slopes("za"), b = class_slopes("zb"))
    )
  ),
  dominance = list(
    predictors = columns,
    plain = general_dominance(teams$c, X),
    controlled = general_dominance(teams$c, X, cbind(teams$log_span)),
    relative_weights = relative_weights(teams$c, X),
    standardised_with_span = unname(coef(X_std)[2:7])
  ),
  versions = list(
    R = as.character(getRversion()),
    clubSandwich = as.character(packageVersion("clubSandwich")),
    sandwich = as.character(packageVersion("sandwich")),
    emmeans = as.character(packageVersion("emmeans"))
  )
)
write_json(result, "effects.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
