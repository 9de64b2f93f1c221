# Reference numbers for moderation: linear and quadratic forms (emmeans, clubSandwich), random
# slopes (lmerTest), families of slopes, indirect paths, slopes between ordinal factors (lavaan).
# Reads teams.csv, mixed.csv, shifts.csv, writes moderation.json; run in this folder.
suppressPackageStartupMessages({
  library(clubSandwich)
  library(emmeans)
  library(lmerTest)
  library(lavaan)
  library(semTools)
  library(jsonlite)
})
zscore <- function(x) (x - mean(x)) / sd(x)
teams <- read.csv("teams.csv")
for (part in c("a", "b", "c")) {
  own <- grep(paste0("^", part, "[0-9]$"), names(teams))
  teams[[paste0("z", part)]] <- zscore(rowMeans(teams[own]))
}
teams$w <- teams$span - mean(teams$span)
teams$l <- log(teams$span) - mean(log(teams$span))
percentiles <- unname(quantile(teams$span, c(0.1, 0.5, 0.9), type = 7))
observed <- sort(unique(teams$span))

robust <- function(fit) {
  v <- vcovCR(fit, cluster = teams$unit, type = "CR2")
  test <- coef_test(fit, vcov = v, test = "Satterthwaite")
  list(estimate = unname(coef(fit)), std_error = test$SE, df = test$df_Satt, p_value = test$p_Satt)
}
trend <- function(fit, var, at) {
  v <- as.matrix(vcovCR(fit, cluster = teams$unit, type = "CR2"))
  found <- as.data.frame(emtrends(fit, ~w, var = var, at = list(w = at), vcov. = v))
  list(estimate = found[[paste0(var, ".trend")]], std_error = found$SE)
}
linear <- lm(zc ~ za + zb + w + za:w + zb:w, data = teams)
quadratic <- lm(zc ~ za + zb + w + I(w^2) + za:w + za:I(w^2) + zb:w + zb:I(w^2), data = teams)
places <- percentiles - mean(teams$span)

# The family of slopes of a at the spans observed, by Benjamini & Hochberg.
by_log <- lm(zc ~ za + zb + l + za:l + zb:l, data = teams)
v_log <- vcovCR(by_log, cluster = teams$unit, type = "CR2")
family <- sapply(log(observed) - mean(log(teams$span)), function(at) {
  contrast <- matrix(c(0, 1, 0, 0, at, 0), 1)
  linear_contrast(by_log, vcov = v_log, contrasts = contrast, test = "Satterthwaite",
                  p_values = TRUE)$p_val
})

# Random slopes of the predictor concerned.
d <- read.csv("mixed.csv")
d$zx <- zscore(d$x); d$zz <- zscore(d$z); d$zy <- zscore(d$y)
d$l <- log(d$span) - mean(log(d$span))
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5))
slopes <- function(random) {
  fit <- lmer(as.formula(paste("zy ~ zx + zz + l + zx:l + zz:l +", random)), d, control = tight)
  rows <- coef(summary(fit))
  list(terms = rownames(rows), estimate = rows[, 1], std_error = rows[, 2], df = rows[, 3],
       p_value = rows[, 5], slope_sd = unname(attr(VarCorr(fit)$leader, "stddev")[2]))
}

# Indirect paths: span -> a -> b -> c, standardised, with everything earlier in each regression.
zs <- zscore(log(teams$span))
first <- coef(lm(teams$za ~ zs)); second <- coef(lm(teams$zb ~ zs + teams$za))
last <- coef(lm(teams$zc ~ zs + teams$za + teams$zb))
paths <- c(total = unname(coef(lm(teams$zc ~ zs))[2]), direct = unname(last[2]),
           a = unname(first[2] * last[3]), b = unname(second[2] * last[4]),
           ab = unname(first[2] * second[3] * last[4]))

# Slopes of factor c on a and b in two groups: ordinal, equal thresholds and loadings.
shifts <- read.csv("shifts.csv")
items <- paste0("x", 1:12)
model <- "a =~ x1 + x2 + x3 + x4\nb =~ x5 + x6 + x7 + x8\nc =~ x9 + x10 + x11 + x12"
syntax <- as.character(measEq.syntax(model, data = shifts, ordered = items,
  parameterization = "theta", ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group = "place",
  group.equal = c("thresholds", "loadings")))
latent <- function(cluster) {
  fit <- cfa(syntax, data = shifts, ordered = items, parameterization = "theta", group = "place",
             estimator = "WLSMV", cluster = cluster,
             group.label = sort(unique(shifts$place)))
  table <- parTable(fit)
  v <- vcov(fit)
  theta <- coef(fit)
  groups <- max(table$group)
  slope <- function(theta) {
    free <- table$est
    free[table$free > 0] <- theta[table$free[table$free > 0]]
    unlist(lapply(seq_len(groups), function(g) {
      psi <- diag(3); dimnames(psi) <- list(letters[1:3], letters[1:3])
      for (r in which(table$op == "~~" & table$group == g & table$lhs %in% letters[1:3]))
        psi[table$lhs[r], table$rhs[r]] <- psi[table$rhs[r], table$lhs[r]] <- free[r]
      solve(psi[1:2, 1:2], psi[1:2, 3])
    }))
  }
  # duplicated free parameters (equal ones) carry one value each in vcov
  est <- slope(theta)
  jac <- sapply(seq_along(theta), function(k) {
    up <- down <- theta; up[k] <- up[k] + 1e-5; down[k] <- down[k] - 1e-5
    (slope(up) - slope(down)) / 2e-5
  })
  vs <- jac %*% v %*% t(jac)
  differences <- cbind(-diag(2), diag(2))[, , drop = FALSE]
  if (groups == 3) differences <- rbind(cbind(-diag(2), diag(2), matrix(0, 2, 2)),
                                        cbind(-diag(2), matrix(0, 2, 2), diag(2)))
  wald <- function(rows) {
    m <- differences[rows, , drop = FALSE]; x <- m %*% est
    as.numeric(t(x) %*% solve(m %*% vs %*% t(m), x))
  }
  list(groups = lavInspect(fit, "group.label"), estimate = est, std_error = sqrt(diag(vs)),
       wald_a = wald(seq(1, nrow(differences), 2)), wald_b = wald(seq(2, nrow(differences), 2)),
       wald_all = wald(seq_len(nrow(differences))))
}
write_json(
  list(
    versions = sapply(c("clubSandwich", "emmeans", "lmerTest", "lavaan", "semTools"),
                      function(p) as.character(packageVersion(p))),
    linear = c(robust(linear), list(span = percentiles, a = trend(linear, "za", places),
                                    b = trend(linear, "zb", places))),
    quadratic = c(robust(quadratic), list(a = trend(quadratic, "za", places),
                                          b = trend(quadratic, "zb", places))),
    family = list(span = observed, p_value = family, p_adjusted = p.adjust(family, "BH")),
    random_slopes = list(x = slopes("(1 + zx | leader)"), z = slopes("(1 + zz | leader)"),
                         intercepts = slopes("(1 | leader)")),
    paths = as.list(paths),
    latent = latent(NULL)
  ),
  "moderation.json", digits = I(12), auto_unbox = TRUE, na = "null", pretty = 1
)
