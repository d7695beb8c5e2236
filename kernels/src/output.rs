//! A signal that several tasks write at once, each its own rows.
#![allow(
    unsafe_code,
    reason = "tasks on several threads write disjoint rows of one buffer"
)]

use std::cell::UnsafeCell;

use super::simd::Simd;

/// Vectors shared by the tasks of one convolution.
#[derive(Debug)]
pub(super) struct Output<'a, V>(&'a [UnsafeCell<V>]);

// SAFETY: see `Output::new`: no vector is used by two tasks.
unsafe impl<V: Send + Sync> Sync for Output<'_, V> {}

impl<'a, V: Copy> Output<'a, V> {
    /// # Safety
    /// While the result lives, no two threads may call [`Self::get`] or [`Self::set`] for the same vector.
    pub(super) unsafe fn new(signal: &'a mut [V]) -> Self {
        // SAFETY: `UnsafeCell<V>` has the layout of `V`, and the exclusive borrow is held for as long as the cells.
        Self(unsafe { &*(std::ptr::from_mut(signal) as *const [UnsafeCell<V>]) })
    }

    #[inline(always)]
    pub(super) fn get(&self, at: usize) -> V {
        // SAFETY: the index is checked, and the vector is this task's alone.
        unsafe { *self.0[at].get() }
    }

    #[inline(always)]
    pub(super) fn prefetch<S: Simd<V = V>>(&self, s: S, at: usize) {
        s.prefetch(self.0[at].get());
    }

    #[inline(always)]
    pub(super) fn set(&self, at: usize, value: V) {
        // SAFETY: the index is checked, and the vector is this task's alone.
        unsafe { *self.0[at].get() = value }
    }
}
