# One regression task of an R package: prints the seconds of the work alone, start and reading
# left out. Call: Rscript effects_peers.R TASK FILE.csv
given <- commandArgs(trailingOnly = TRUE)
task <- given[1]
suppressPackageStartupMessages({ library(lmerTest); library(pbkrtest); library(clubSandwich) })
if (task == "versions") {
  for (name in c("lme4", "lmerTest", "pbkrtest", "clubSandwich")) cat(name, as.character(packageVersion(name)), "\n")
  quit()
}
data <- read.csv(given[2])
fixed <- paste0("y ~ (", paste0("x", 0:7, collapse = " + "), ") * span")
mixed <- function() lmer(as.formula(paste(fixed, "+ (1 | unit)")), data)
work <- list(
  satterthwaite = function() coef(summary(mixed())),
  kenward_roger = function() coef(summary(mixed(), ddf = "Kenward-Roger")),
  cr2 = function() coef_test(lm(as.formula(fixed), data), vcov = "CR2", cluster = data$unit),
  bootstrap = function() {
    X <- model.matrix(as.formula(fixed), data)
    rows <- split(seq_len(nrow(data)), data$unit)
    for (draw in 1:2000) {
      taken <- unlist(rows[sample.int(length(rows), replace = TRUE)], use.names = FALSE)
      .lm.fit(X[taken, ], data$y[taken])$coefficients
    }
  })
cat("seconds", system.time(suppressWarnings(work[[task]]()))[["elapsed"]], "\n")
