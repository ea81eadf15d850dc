//! Sizes of tasks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What images are built for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Architecture {
    /// Intel and AMD.
    #[default]
    #[serde(rename = "x86_64")]
    X86,
    /// AWS Graviton.
    #[serde(rename = "arm64")]
    Arm,
}

/// Sizes of memory: from, to, and the step between, in MiB.
type Sizes = (u32, u32, u32);

/// What Fargate has, as of 2026-07: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html>.
const SIZES: [(u32, Sizes); 7] = [
    (256, (512, 2_048, 512)),
    (512, (1_024, 4_096, 1_024)),
    (1_024, (2_048, 8_192, 1_024)),
    (2_048, (4_096, 16_384, 1_024)),
    (4_096, (8_192, 30_720, 1_024)),
    (8_192, (16_384, 61_440, 4_096)),
    (16_384, (32_768, 122_880, 8_192)),
];

/// The least memory that a task of so many units of processor can have.
#[must_use]
pub fn memory_for(cpu: u32) -> u32 {
    cpu.saturating_mul(2)
}

/// The sizes of memory that go with `cpu`.
///
/// # Errors
/// The numbers that there are for processors.
pub fn sizes(cpu: u32) -> Result<Vec<u32>, Vec<u32>> {
    let found = SIZES.iter().find(|(it, _)| *it == cpu).map(|(_, it)| *it);
    let (from, to, step) = found.ok_or_else(|| SIZES.iter().map(|(it, _)| *it).collect::<Vec<_>>())?;
    let fits = |it: &u32| cpu != 256 || it.is_power_of_two();
    Ok((from..=to).step_by(step as usize).filter(fits).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_go_together() {
        assert_eq!(sizes(256), Ok(vec![512, 1_024, 2_048]));
        assert_eq!(sizes(512), Ok(vec![1_024, 2_048, 3_072, 4_096]));
        assert_eq!(sizes(8_192).unwrap().len(), 12);
        assert_eq!(sizes(300).unwrap_err().len(), 7);
        assert!(SIZES.iter().all(|(cpu, _)| sizes(*cpu).unwrap().first() == Some(&memory_for(*cpu))));
    }
}
