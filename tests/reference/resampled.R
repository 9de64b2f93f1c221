# Reference numbers for weighted regression (clubSandwich, sandwich), the wild cluster bootstrap
# (a loop over all sign patterns of eight clusters), pooling (mice), partial R-squared.
# Reads teams.csv, writes resampled.json; run with this folder as working directory.
suppressPackageStartupMessages({
  library(clubSandwich)
  library(sandwich)
  library(mice)
  library(jsonlite)
})
teams <- read.csv("teams.csv")
teams$a <- rowMeans(teams[paste0("a", 1:5)])
teams$b <- rowMeans(teams[paste0("b", 1:4)])
teams$c <- rowMeans(teams[paste0("c", 1:5)])
teams$log_span <- log(teams$span) - mean(log(teams$span))
teams$w <- 0.5 + (seq_len(nrow(teams)) %% 5) / 4

weighted <- lm(c ~ a + b * log_span, data = teams, weights = w)
robust <- lapply(c("CR0", "CR1", "CR2", "CR3"), function(type) {
  v <- vcovCR(weighted, cluster = teams$unit, type = type, inverse_var = TRUE)
  test <- coef_test(weighted, vcov = v, test = "Satterthwaite")
  list(std_error = test$SE, df = test$df_Satt, p_value = test$p_Satt)
})
names(robust) <- c("CR0", "CR1", "CR2", "CR3")
for (type in c("HC0", "HC1", "HC2", "HC3")) {
  robust[[type]] <- list(std_error = unname(sqrt(diag(vcovHC(weighted, type = type)))))
}

plain <- lm(c ~ a + b * log_span, data = teams)
partial <- sapply(c("a", "b", "log_span", "b:log_span"), function(term) {
  # the column alone: an interaction's parts stay
  X <- model.matrix(plain)
  without <- lm.fit(X[, colnames(X) != term], teams$c)
  1 - sum(resid(plain)^2) / sum(without$residuals^2)
})

few <- teams[teams$unit %in% c(1, 4, 9, 12, 17, 20, 22, 24), ]
wild <- function(null, impose) {
  X <- cbind(1, few$a, few$log_span)
  y <- few$c
  unit <- few$unit
  g <- unique(unit)
  t_of <- function(y, null) {
    fit <- lm.fit(X, y)
    bread <- solve(crossprod(X))
    meat <- Reduce(`+`, lapply(g, function(u) {
      s <- crossprod(X[unit == u, ], fit$residuals[unit == u])
      s %*% t(s)
    }))
    n <- length(y)
    scale <- length(g) / (length(g) - 1) * (n - 1) / (n - 3)
    (fit$coefficients[2] - null) / sqrt(scale * (bread %*% meat %*% bread)[2, 2])
  }
  if (impose) {
    restricted <- lm.fit(X[, -2], y - null * X[, 2])
    fitted <- restricted$fitted.values + null * X[, 2]
    left <- restricted$residuals
    centre <- null
  } else {
    fit <- lm.fit(X, y)
    fitted <- fit$fitted.values
    left <- fit$residuals
    centre <- unname(fit$coefficients[2])
  }
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), length(g))))
  drawn <- apply(signs, 1, function(v) t_of(fitted + left * v[match(unit, g)], centre))
  drawn[!is.finite(drawn)] <- 0
  observed <- unname(t_of(y, null))
  list(statistic = observed, p_value = mean(abs(drawn) >= abs(observed) * (1 - 1e-9)))
}

Q <- c(0.31, 0.35, 0.28, 0.40, 0.33)
U <- c(0.0101, 0.0110, 0.0095, 0.0105, 0.0099)
scalar <- pool.scalar(Q, U, n = 31, k = 1)

result <- list(
  weighted = list(
    estimate = unname(coef(weighted)), r_squared = summary(weighted)$r.squared,
    adj_r_squared = summary(weighted)$adj.r.squared, sigma = summary(weighted)$sigma,
    vcov = robust
  ),
  partial_r_squared = unname(partial),
  wild = list(
    wcr = wild(0, TRUE), wcr_half = wild(0.5, TRUE), wcu = wild(0, FALSE)
  ),
  pooled = list(
    Q = Q, U = U, estimate = scalar$qbar, total = scalar$t, df = scalar$df,
    missing_information = scalar$fmi
  ),
  versions = sapply(
    c("clubSandwich", "sandwich", "mice"), function(name) as.character(packageVersion(name))
  )
)
write_json(result, "resampled.json", digits = NA, auto_unbox = TRUE, pretty = TRUE)
